/** A moment in words for people, in their time zone. */
export type ClockWords = (milliseconds: number) => string;

const dayMilliseconds = 24 * 60 * 60 * 1000;

/** Times of day (`12:01`), with the date for moments that are more than half a day from `now`. */
export function clockWords(now: () => number, locale?: string, timeZone?: string): ClockWords {
  const zone = timeZone === undefined ? {} : { timeZone };
  const time = new Intl.DateTimeFormat(locale, { ...zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = new Intl.DateTimeFormat(locale, { ...zone, dateStyle: 'medium' });
  return (milliseconds) => {
    const near = Math.abs(now() - milliseconds) < dayMilliseconds / 2;
    return near ? time.format(milliseconds) : `${date.format(milliseconds)} ${time.format(milliseconds)}`;
  };
}
