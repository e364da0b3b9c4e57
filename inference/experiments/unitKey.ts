import { HoldfastError } from '../../platform/HoldfastError.ts';
import { shorten } from '../../platform/shorten.ts';

/** Longer ones are no keys that somebody gave to a customer. */
const MAXIMUM_CHARACTERS = 200;

/** What an instance holds as its id, as a unit key; null where it can be none. */
export function unitKeyOf(id: unknown): string | null {
  if (typeof id === 'string') return id !== '' && id.length <= MAXIMUM_CHARACTERS ? id : null;
  return typeof id === 'number' && Number.isFinite(id) ? String(id) : null;
}

/**
 * A unit key that a caller named as such; null where it named none.
 * @param where it was named
 * @throws HoldfastError invalidArgument where it is too long
 */
export function namedUnitKey(value: string | undefined, where: string): string | null {
  if (value === undefined || value === '') return null;
  if (value.length <= MAXIMUM_CHARACTERS) return value;
  throw new HoldfastError(
    'invalidArgument',
    `${where} is ${JSON.stringify(shorten(value, 60))}, of ${value.length} characters; expected the unit's key, of at most ${MAXIMUM_CHARACTERS}.`,
    { violations: [{ field: where, description: `expected at most ${MAXIMUM_CHARACTERS} characters` }] },
  );
}
