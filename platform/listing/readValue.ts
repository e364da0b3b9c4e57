import { didYouMean } from '../suggest.ts';
import { parseTime } from '../tabular/parseTime.ts';
import type { ListField, Value } from './ListDeclaration.ts';

/**
 * What was written for a field, as its type has it.
 * @throws SyntaxError that says what was expected
 */
export function readValue(name: string, field: ListField, written: string): Value {
  const refuse = (expected: string): never => {
    throw new SyntaxError(`${name} is compared with ${JSON.stringify(written)}; expected ${expected}`);
  };
  const { type, values } = field;
  if (type === 'time') {
    const time = /^\d{4}-/.test(written) ? parseTime(written) : null;
    if (time !== null) return new Date(time).toISOString();
    return refuse('a date or a time in quotes, as "2026-01-31" or "2026-01-31T12:00:00Z"');
  }
  if (type === 'boolean') {
    if (written === 'true' || written === 'false') return written === 'true';
    return refuse('true or false');
  }
  if (type === 'text' || type === 'texts') {
    if (values === undefined) return written;
    const value = written.replace(field.prefix ?? '', '').toLowerCase();
    if (values.includes(value)) return value;
    return refuse(`${values.join(', ')}.${didYouMean(value, values)}`.replace(/\.$/, ''));
  }
  const number = Number(written);
  const fits =
    type === 'integer'
      ? /^-?\d+$/.test(written) && Math.abs(number) < 2 ** 31
      : /\d/.test(written) && Number.isFinite(number);
  return fits ? number : refuse(type === 'integer' ? 'a whole number' : 'a number');
}
