import {
  type DescField,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
  ScalarType,
} from '@bufbuild/protobuf';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { Route } from './readRoutes.ts';

// HTTP to a request message by the canonical JSON mapping of proto3, strictly: an unknown field or a wrong type is refused
// with its path. The mapping itself is the protobuf library's.

export interface HttpInput {
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly body: unknown;
}

/** @throws HoldfastError invalidArgument with the path to the fault and what was expected */
export function toRequest(route: Route, { parameters, query, body }: HttpInput, registry: Registry): Message {
  const { input } = route.method;
  const json: Record<string, JsonValue> = {};
  if (route.body === '*') {
    if (body !== undefined && body !== null && (typeof body !== 'object' || Array.isArray(body)))
      throw new HoldfastError(
        'invalidArgument',
        'The body must be a JSON object; see the method in the API description.',
      );
    Object.assign(json, body);
  }
  for (const [name, value] of Object.entries(query)) {
    const field = input.fields.find(each => each.jsonName === name || each.name === name);
    if (route.body === '*' || field === undefined) throw unknownParameter(name, route);
    json[field.jsonName] = fromQuery(field, value);
  }
  for (const name of route.variables) {
    const field = input.fields.find(each => each.name === name);
    if (field === undefined) continue;
    const given = json[field.jsonName] ?? json[field.name];
    if (given !== undefined && given !== parameters[name])
      throw new HoldfastError(
        'invalidArgument',
        `${field.jsonName} is ${JSON.stringify(given)} in the request but ${JSON.stringify(parameters[name])} in the path; leave it out of the request.`,
      );
    delete json[field.name];
    json[field.jsonName] = parameters[name];
  }
  try {
    return fromJson(input, json, { registry });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError('invalidArgument', `The request is not a valid ${input.name}: ${reason}`, {
      cause,
    });
  }
}

/** A query string knows only text; the JSON mapping wants booleans as such, and takes numbers as text. */
function fromQuery(field: DescField, value: string | string[]): JsonValue {
  const one = (text: string): JsonValue => {
    if (field.scalar !== ScalarType.BOOL) return text;
    return text === 'true' ? true : text === 'false' ? false : text;
  };
  const list = Array.isArray(value) ? value : [value];
  if (field.fieldKind === 'list') return list.map(one);
  if (list.length !== 1)
    throw new HoldfastError(
      'invalidArgument',
      `The query names ${field.jsonName} ${list.length} times; expected once.`,
    );
  return one(list[0]);
}

function unknownParameter(name: string, { method, body, verb, template }: Route): HoldfastError {
  const expected =
    body === '*'
      ? 'none: the request is the body'
      : method.input.fields.map(each => each.jsonName).join(', ') || 'none';
  return new HoldfastError(
    'invalidArgument',
    `Unknown query parameter ${JSON.stringify(name)} for ${verb} ${template}; expected ${expected}.`,
  );
}
