const inKorea = (at: number): string => new Date(at + 9 * 3_600_000).toISOString();

/** ISO 8601 to the second with the Korean offset, as the provider writes instants. */
export const koreanTime = (at: number): string => `${inKorea(at).slice(0, 19)}+09:00`;

/** Korean time to the microsecond without an offset, as webhooks carry it. */
export const koreanStamp = (at: number): string => `${inKorea(at).slice(0, -1)}000`;

/** Epoch milliseconds of `yyyy-MM-ddTHH:mm:ss[.SSS]`, read as Korean time unless an offset says otherwise; undefined for anything else. */
export function readKoreanTime(text: string): number | undefined {
  const match = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})?$/.exec(text);
  const at = match === null ? Number.NaN : Date.parse(match[2] === undefined ? `${text}+09:00` : text);
  return Number.isNaN(at) ? undefined : at;
}
