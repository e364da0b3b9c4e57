import { InvalidArgumentError } from 'commander';
import { parseTime } from '../platform/tabular/parseTime.ts';

/** The parser of an option that is a moment. */
export function parseMoment(text: string): Date {
  const time = parseTime(text.trim());
  if (time !== null) return new Date(time);
  throw new InvalidArgumentError('Expected a date or a time, as 2026-01-31 or 2026-01-31T12:00:00Z.');
}
