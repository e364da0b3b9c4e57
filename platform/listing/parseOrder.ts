import type { ListDeclaration, OrderTerm } from './ListDeclaration.ts';
import { unknownField } from './parseFilter.ts';

/**
 * The order of a list as AIP-132 writes it: `create_time desc, version`. The key's fields end it, so that no two items have the
 * same place.
 * @param text empty means the list's own order
 * @throws SyntaxError that says what was expected
 */
export function parseOrder(list: ListDeclaration, text: string): OrderTerm[] {
  const terms = (text.trim() === '' ? list.order : text).split(',').map(part => parseTerm(list, part.trim()));
  for (const [index, { field }] of terms.entries())
    if (terms.findIndex(term => term.field === field) !== index)
      throw new SyntaxError(`${field} is there twice`);
  const descending = terms.at(-1)?.descending ?? false;
  const rest = list.key.filter(field => terms.every(term => term.field !== field));
  return [...terms, ...rest.map(field => ({ field, descending }))];
}

function parseTerm(list: ListDeclaration, part: string): OrderTerm {
  const [, name, direction] = /^(\S+?)(?:\s+(asc|desc))?$/i.exec(part) ?? [];
  if (name === undefined)
    throw new SyntaxError(`${JSON.stringify(part)} is no part of an order; expected FIELD or FIELD desc`);
  if (!Object.hasOwn(list.fields, name) || list.fields[name].hidden) throw unknownField(list, name);
  const { type, optional } = list.fields[name];
  if (optional || type === 'texts')
    throw new SyntaxError(
      `${name} orders nothing, for ${optional ? 'not every item has it' : 'it is a list'}; expected another field`,
    );
  return { field: name, descending: direction?.toLowerCase() === 'desc' };
}
