import {
  create,
  type DescField,
  fromJson,
  fromJsonString,
  type JsonValue,
  type Registry,
  ScalarType,
  toBinary,
} from '@bufbuild/protobuf';
import { isFieldError, reflect } from '@bufbuild/protobuf/reflect';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { didYouMean } from '../platform/suggest.ts';
import type { HttpInput } from './Codec.ts';
import type { Route } from './readRoutes.ts';

// HTTP to a request message by the canonical JSON mapping of proto3, strictly: an unknown field, a key given twice or a wrong
// type is refused with its path. The mapping itself is the protobuf library's.

export interface JsonInput extends Pick<HttpInput, 'parameters' | 'query'> {
  /** JSON text; empty where the request has no body. */
  readonly body: string;
}

/**
 * @returns the request message's bytes: made here, so that what cannot be encoded is the caller's fault too
 * @throws HoldfastError invalidArgument with the path to the fault and what was expected
 */
export function toRequest(route: Route, { parameters, query, body }: JsonInput, registry: Registry): Buffer {
  const { input } = route.method;
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw invalid(route, cause);
    }
  };
  if (route.body === null && body !== '')
    throw new HoldfastError(
      'invalidArgument',
      `${route.verb} ${route.template} takes no body; its request is the query string.`,
    );
  const fromQueryString = readQuery(route, query);
  const message = attempt(() => {
    if (route.body === null) return fromJson(input, fromQueryString, { registry });
    return body === '' ? create(input) : fromJsonString(input, body, { registry });
  });
  const fields = reflect(input, message);
  for (const field of route.variables) {
    const inPath = parameters[field.name];
    const given = fields.get(field);
    if (fields.isSet(field) && given !== inPath)
      throw new HoldfastError(
        'invalidArgument',
        `${field.jsonName} is ${JSON.stringify(given)} in the request but ${JSON.stringify(inPath)} in the path; leave it out of the request.`,
        {
          violations: [{ field: field.jsonName, description: `expected none or ${JSON.stringify(inPath)}` }],
        },
      );
    attempt(() => fields.set(field, inPath));
  }
  return Buffer.from(attempt(() => toBinary(input, message)));
}

/** The query string as the JSON of a request. A query knows only text; the mapping takes numbers as text too. */
function readQuery(route: Route, query: HttpInput['query']): Record<string, JsonValue> {
  const json: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(query)) {
    const field = route.method.input.fields.find(each => each.jsonName === name || each.name === name);
    if (route.body === '*' || field === undefined) throw unknownParameter(name, route);
    const values = typeof value === 'string' ? [value] : value;
    const isList = field.fieldKind === 'list';
    if (!isList && (values.length !== 1 || field.jsonName in json))
      throw new HoldfastError(
        'invalidArgument',
        `The query names ${field.jsonName} more than once; expected once.`,
      );
    const read = values.map(text => toJsonValue(field, text));
    json[field.jsonName] = isList ? read : read[0];
  }
  return json;
}

function toJsonValue({ scalar }: DescField, text: string): JsonValue {
  if (scalar !== ScalarType.BOOL) return text;
  return text === 'true' ? true : text === 'false' ? false : text;
}

function unknownParameter(name: string, { method, body, verb, template }: Route): HoldfastError {
  const known = body === '*' ? [] : method.input.fields.map(each => each.jsonName);
  const expected = body === '*' ? 'none: the request is the body' : known.join(', ') || 'none';
  return new HoldfastError(
    'invalidArgument',
    `Unknown query parameter ${JSON.stringify(name)} for ${verb} ${template}.${didYouMean(name, known)} Expected ${expected}.`,
    { violations: [{ field: name, description: `unknown; expected ${expected}` }] },
  );
}

/** The library's sentence, without the types' full names and with what the request may hold. */
function invalid({ method: { input } }: Route, error: unknown): HoldfastError {
  const fault = error instanceof Error ? error.cause : undefined;
  const field = isFieldError(fault) ? fault.field() : undefined;
  const said = error instanceof Error ? error.message : String(error);
  const reason = isFieldError(fault)
    ? fault.message
    : said.replace(`cannot decode message ${input.typeName} from JSON: `, '');
  const where = field?.kind === 'field' ? field.jsonName : '';
  const fields = input.fields.map(({ jsonName }) => jsonName).join(', ');
  return new HoldfastError(
    'invalidArgument',
    `The request is not a valid ${input.name}: ${where === '' ? '' : `${where}: `}${reason}. Its fields are: ${fields || 'none'}.`,
    { cause: error, violations: [{ field: where, description: reason }] },
  );
}
