import { type DescField, type JsonValue, ScalarType } from '@bufbuild/protobuf';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { didYouMean } from '../platform/suggest.ts';
import type { HttpInput } from './Codec.ts';
import { queryFields } from './queryFields.ts';
import type { Route } from './readRoutes.ts';

/**
 * The query string as the JSON of a request: `pageSize=2`, a list as a name that is repeated, a message's field behind a dot. A
 * query knows only text; the JSON mapping takes numbers as text too.
 * @throws HoldfastError invalidArgument for what the request does not have, or has once and is named twice
 */
export function readQuery(route: Route, query: HttpInput['query']): JsonValue {
  const names = Object.keys(query);
  if (names.length === 0) return {};
  const known = route.body === '*' ? [] : queryFields(route.method.input);
  const given = new Map<string, JsonValue>();
  for (const name of names) {
    const found = known.find(each => each.name === name || each.protoName === name);
    if (found === undefined)
      throw unknownParameter(
        name,
        route,
        known.map(each => each.name),
      );
    const { field } = found;
    const values = [query[name]].flat();
    if (given.has(found.name) || (field.fieldKind !== 'list' && values.length > 1))
      throw repeated(found.name);
    const read = values.map(text => toJsonValue(field, text));
    given.set(found.name, field.fieldKind === 'list' ? read : read[0]);
  }
  return nest(given);
}

/** `a.b` → `{"a": {"b": …}}` */
function nest(given: ReadonlyMap<string, JsonValue>): JsonValue {
  const groups = new Map<string, Map<string, JsonValue>>();
  const json: Record<string, JsonValue> = {};
  for (const [name, value] of given) {
    const [first, ...rest] = name.split('.');
    if (rest.length === 0) {
      json[first] = value;
      continue;
    }
    const group = groups.get(first) ?? new Map<string, JsonValue>();
    groups.set(first, group.set(rest.join('.'), value));
  }
  for (const [name, group] of groups) json[name] = nest(group);
  return json;
}

function toJsonValue({ scalar }: DescField, text: string): JsonValue {
  if (scalar !== ScalarType.BOOL) return text;
  return text === 'true' ? true : text === 'false' ? false : text;
}

const repeated = (name: string): HoldfastError =>
  new HoldfastError('invalidArgument', `The query names ${name} more than once; expected once.`, {
    violations: [{ field: name, description: 'named more than once; expected once' }],
  });

function unknownParameter(
  name: string,
  { body, verb, template }: Route,
  known: readonly string[],
): HoldfastError {
  const expected = body === '*' ? 'none: the request is the body' : known.join(', ') || 'none';
  return new HoldfastError(
    'invalidArgument',
    `Unknown query parameter ${JSON.stringify(name)} for ${verb} ${template}.${didYouMean(name, known)} Expected ${expected}.`,
    { violations: [{ field: name, description: `unknown; expected ${expected}` }] },
  );
}
