/** One thing that keeps the stack from starting, and what a person can do about it. */
export type Fault = { what: string; remedy: string };

/** Everything that is wrong, in one message. */
export class StackFaults extends Error {
  constructor(readonly faults: readonly Fault[]) {
    const lines = faults.flatMap(({ what, remedy }) => [`  ✗ ${indent(what)}`, `    → ${indent(remedy)}`]);
    super(['Tiketi cannot start:', ...lines].join('\n'));
    this.name = 'StackFaults';
  }
}

const indent = (text: string): string => text.trimEnd().replaceAll('\n', '\n      ');
