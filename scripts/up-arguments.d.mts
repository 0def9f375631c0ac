export function upArguments(given: readonly string[], env: Readonly<Record<string, string | undefined>>): string[];
