/** What a person can do something about; shown without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
