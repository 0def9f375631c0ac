import type { RunningStack } from './start.js';

/** What a person sees once the stack is ready. */
export function readyScreen(stack: RunningStack): string {
  const natures = (nature: string) => stack.plans.filter((plan) => plan.nature === nature).map(({ label }) => label);
  const row = (title: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`  ${title.padEnd(11)}${values.join(', ')}`];
  const simulated = natures('simulated');
  return [
    '',
    `Tiketi is ready (${(stack.readyAfter / 1_000).toFixed(1)} s): ${stack.edgeUrl}`,
    '',
    ...signIns(stack),
    ...row('Real', natures('real')),
    ...simulated.map((label, index) => `  ${(index === 0 ? 'Simulated' : '').padEnd(11)}${label}`),
    ...row(
      'Given',
      natures('given').map((label) => `${label} (by URL)`),
    ),
    ...demoData(stack),
    ...row('Addresses', [`${stack.context.home.run} (event store, Toss Payments, every part)`]),
    ...row('Logs', [`${stack.context.home.logs}/<part>.log`]),
    ...row('Stop', [`Ctrl-C, or kill ${process.pid}. The next start finds the data; npm run up -- --fresh starts over.`]),
    '',
  ].join('\n');
}

function signIns({ firstAdmin, demoData: { outcome } }: RunningStack): string[] {
  if (!firstAdmin) return ['  Sign in    as at the first start; its password was shown then and is kept only as a hash'];
  return [
    `  Sign in    administrator ${firstAdmin.email}, password ${firstAdmin.password}`,
    `             (generated${outcome === 'loaded' ? '; shown this once' : ''})`,
  ];
}

function demoData({ demoData: seeding }: RunningStack): string[] {
  switch (seeding.outcome) {
    case 'failed':
      return [`  Demo data  could not be loaded, the next start tries again: ${seeding.why}`];
    case 'left out':
      return ['  Demo data  none'];
    case 'loaded':
      return ['  Demo data  loaded'];
    case 'already there':
      return [];
  }
}
