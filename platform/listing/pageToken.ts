import { z } from 'zod';
import { HoldfastError } from '../HoldfastError.ts';
import type { ListDeclaration, OrderTerm, Value } from './ListDeclaration.ts';

// Where a page ended: the last item's values of the fields that the list is ordered by. So the next page begins behind that item
// whatever was added or removed meanwhile, on any process. The token also carries a fingerprint of what was asked, and says
// nothing in another list.

const shape = z.tuple([z.string()], z.union([z.string(), z.number(), z.boolean()]));
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

export const encodePageToken = (fingerprint: string, values: readonly Value[]): string =>
  Buffer.from(JSON.stringify([fingerprint, ...values])).toString('base64url');

/** @throws HoldfastError invalidArgument where it is no token, or one of another question */
export function decodePageToken(
  list: ListDeclaration,
  order: readonly OrderTerm[],
  fingerprint: string,
  token: string,
): readonly Value[] {
  const read = shape.safeParse(parse(token));
  if (!read.success)
    throw refused('is not one that a list answered', 'Send next_page_token as it came, or none');
  const [asked, ...values] = read.data;
  if (asked !== fingerprint)
    throw refused(
      `belongs to another question than these ${list.name}`,
      'Ask with the same filter, order_by and names as for the page before, or send no page_token to begin anew',
    );
  const fits =
    values.length === order.length &&
    order.every(({ field }, index) => isOf(list.fields[field].type, values[index]));
  if (!fits) throw refused('is damaged', 'Send next_page_token as it came, or none');
  return values;
}

function parse(token: string): unknown {
  if (!/^[\w-]{1,8192}$/.test(token)) return null;
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

function isOf(type: string, value: Value): boolean {
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'number') return typeof value === 'number';
  if (type === 'boolean') return typeof value === 'boolean';
  return (
    typeof value === 'string' &&
    (type !== 'time' || (isoTime.test(value) && !Number.isNaN(Date.parse(value))))
  );
}

const refused = (what: string, remedy: string): HoldfastError =>
  new HoldfastError('invalidArgument', `page_token ${what}. ${remedy}.`, {
    violations: [{ field: 'page_token', description: what }],
  });
