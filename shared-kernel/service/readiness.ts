export type Readiness = { readonly ready: boolean; readonly dependencies: Readonly<Record<string, 'up' | 'down'>> };

const within = async (work: () => Promise<unknown>, milliseconds: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  try {
    return (await Promise.race([work(), late])) !== false;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
};

/** Asks every dependency at once; one that rejects, answers false or takes longer than `timeoutMs` is down. */
export const checkReadiness = async (
  checks: Readonly<Record<string, () => Promise<unknown>>>,
  timeoutMs = 2000,
): Promise<Readiness> => {
  const answers = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, (await within(check, timeoutMs)) ? 'up' : 'down'] as const),
  );
  return { ready: answers.every(([, state]) => state === 'up'), dependencies: Object.fromEntries(answers) };
};
