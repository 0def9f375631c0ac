import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';

/** What one core does in a second, of three things every request or event needs. */
export type MachineSpeed = { readonly es256Checks: number; readonly sha256OfEvents: number; readonly eventsParsed: number };

/** The same on the machine the targets were set on, as noted down with them: what its figures are to be compared by. */
export const WHERE_TARGETS_WERE_SET: MachineSpeed = { es256Checks: 23_400, sha256OfEvents: 1_100_000, eventsParsed: 900_000 };

const EVENT = JSON.stringify({
  reservationId: '7b0d7a3e-3c77-4a63-9d0c-0b8d2f0e9a11',
  seats: Array.from({ length: 8 }, (_, n) => ({ seatId: `A-1-${n}`, price: 120_000 })),
  note: 'x'.repeat(250),
});

const MILLISECONDS = 250;
const AT_ONCE = 50;

const perSecond = (work: () => void): number => {
  const during = (milliseconds: number): number => {
    let count = 0;
    const begun = performance.now();
    while (performance.now() - begun < milliseconds) {
      for (let n = 0; n < AT_ONCE; n += 1) work();
      count += AT_ONCE;
    }
    return (count / (performance.now() - begun)) * 1000;
  };
  during(MILLISECONDS / 5);
  return Math.round(during(MILLISECONDS));
};

/** Takes about a second of one core, so that a benchmark's figures say how fast the machine was just then. */
export const machineSpeed = (): MachineSpeed => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const text = Buffer.from(EVENT);
  const signature = sign('sha256', text, privateKey);
  return {
    es256Checks: perSecond(() => verify('sha256', text, publicKey, signature)),
    sha256OfEvents: perSecond(() => createHash('sha256').update(text).digest()),
    eventsParsed: perSecond(() => JSON.parse(EVENT)),
  };
};
