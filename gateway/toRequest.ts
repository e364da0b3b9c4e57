import type { Registry } from '@bufbuild/protobuf';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { HttpInput } from './Codec.ts';
import { readQuery } from './readQuery.ts';
import type { Route } from './readRoutes.ts';
import type { BoundFields } from './transcoding/encodeRequest.ts';
import { JsonFault } from './transcoding/JsonFault.ts';
import { transcoderOf } from './transcoding/transcoderOf.ts';

// HTTP to a request message by the canonical JSON mapping of proto3, strictly: an unknown field, a key given twice or a wrong
// type is refused with its path.

export interface JsonInput extends Pick<HttpInput, 'parameters' | 'query'> {
  /** JSON text; empty where the request has no body. */
  readonly body: string;
  /** The header if-match, where there is one: it is the field `etag` of a request that has it. */
  readonly ifMatch?: string;
}

/**
 * @returns the request message's bytes
 * @throws HoldfastError invalidArgument with the path to the fault and what was expected
 */
export function toRequest(route: Route, given: JsonInput, registry: Registry): Buffer {
  const { input } = route.method;
  if (route.body === null && given.body !== '')
    throw new HoldfastError(
      'invalidArgument',
      `${route.verb} ${route.template} takes no body; its request is the query string.`,
    );
  const fromQuery = readQuery(route, given.query);
  const text = route.body === null ? JSON.stringify(fromQuery) : given.body;
  try {
    return transcoderOf(registry).encoderOf(input)(text, bind(route, given));
  } catch (cause) {
    if (!(cause instanceof JsonFault)) throw cause;
    const { path, message } = cause;
    throw new HoldfastError(
      'invalidArgument',
      `The request is not a valid ${input.name}: ${path === '' ? '' : `${path}: `}${message}.`,
      { cause, violations: [{ field: path, description: message }] },
    );
  }
}

function bind({ variables, method }: Route, { parameters, ifMatch }: JsonInput): BoundFields {
  const bound = new Map(
    variables.map(field => [field, { value: parameters[field.name], place: 'the path' }]),
  );
  const etag = ifMatch === undefined ? undefined : method.input.fields.find(({ name }) => name === 'etag');
  if (etag !== undefined && ifMatch !== undefined && ifMatch !== '*')
    bound.set(etag, { value: unquote(ifMatch), place: 'the header if-match' });
  return bound;
}

/** An entity tag stands in quotes in a header (RFC 9110), and without them in a message. */
const unquote = (tag: string): string => tag.replace(/^(?:W\/)?"(.*)"$/, '$1');
