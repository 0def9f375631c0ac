const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Seoul is nine hours ahead of UTC all year. */
const SEOUL = 9 * HOUR;

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** The time of day in Seoul, so many days after the day the anchor falls on there. */
export const seoulTime = (anchor: number, days: number, clock: `${number}:${number}`): string => {
  const midnight = Math.floor((anchor + SEOUL) / DAY) * DAY - SEOUL;
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return iso(midnight + days * DAY + hours * HOUR + minutes * 60_000);
};

/** Shows already on sale opened this long before the first start. */
const OPEN_SINCE = HOUR;

export const onSaleSince = (anchor: number): string => iso(anchor - OPEN_SINCE);

/** The first start, told from what `onSaleSince` gave then. */
export const anchorFrom = (saleStartDate: string): number => Date.parse(saleStartDate) + OPEN_SINCE;
