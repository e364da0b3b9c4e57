// Moments as people and programs write them. A number says its unit by its length, so that a whole column reads alike: eight
// digits are a date (20260131), nine to eleven are seconds since 1970 (from 1973 on), twelve to fourteen milliseconds.

const iso =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s?(?:(Z|UTC)|([+-])(\d{2})(?::?(\d{2}))?)?)?)?$/i;
const basicDate = /^(\d{4})(\d{2})(\d{2})$/;
const seconds = /^\d{9,11}(?:\.\d+)?$/;
const milliseconds = /^\d{12,14}(?:\.\d+)?$/;

/**
 * @param text trimmed: a month, a date or a timestamp of ISO 8601 (also with a space for the T; without an offset it is UTC), or
 * seconds or milliseconds since 1970
 * @returns milliseconds since 1970; null where the text is no moment, also for a day that no calendar has
 */
export function parseTime(text: string): number | null {
  if (seconds.test(text)) return Number(text) * 1000;
  if (milliseconds.test(text)) return Number(text);
  const [, year, month, ...rest] = iso.exec(text) ?? basicDate.exec(text) ?? [];
  if (year === undefined) return null;
  const [day = '01', hour = '00', minute = '00', second = '00', fraction = '', , sign] = rest;
  const [offsetHour = '00', offsetMinute = '00'] = rest.slice(7);
  const inRange = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (!inRange || Number(offsetHour) > 15 || Number(offsetMinute) > 59) return null;
  const date = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  // Date.parse takes the 31st of every month for a day of the next.
  if (Number.isNaN(date) || new Date(date).getUTCDate() !== Number(day)) return null;
  const clock = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(`${second}${fraction}`) * 1000;
  const ahead = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  return date + clock - (sign === '-' ? -ahead : ahead);
}
