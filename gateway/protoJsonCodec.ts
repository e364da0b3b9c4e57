import { isAscii } from 'node:buffer';
import type { DescMessage, Registry } from '@bufbuild/protobuf';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { HttpBody } from '../proto/gen/google/api/httpbody.ts';
import type { Answer, Codec } from './Codec.ts';
import { pickField } from './pickField.ts';
import type { Route } from './readRoutes.ts';
import { toErrorBody } from './toErrorBody.ts';
import { toRequest } from './toRequest.ts';
import { transcoderOf } from './transcoding/transcoderOf.ts';

/** google.api.HttpBody: a method that answers it answers an HTTP body of its own, which is no JSON. */
const BODY_TYPE = 'google.api.HttpBody';

/** A page made from somebody's data runs nothing and fetches nothing, whatever is in it. */
const pageHeaders = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
};

/** Canonical proto3 JSON, responses with every field: the form of all packages that bring none of their own. */
export const protoJsonCodec: Codec = {
  packageName: null,
  prefix: '/',
  contentType: 'application/json',
  read: (route, { parameters, query, body, headers }, registry) => ({
    message: toRequest(
      route,
      { parameters, query, body: decodeText(body), ifMatch: headers['if-match'] },
      registry,
    ),
    answer: response => toAnswer(route, response, registry),
  }),
  errorBody: toErrorBody,
};

function toAnswer({ method, responseBody }: Route, response: Buffer, registry: Registry): Answer {
  const { output } = method;
  if (output.typeName === BODY_TYPE) {
    const { contentType, data } = HttpBody.decode(response);
    return { kind: 'body', contentType, data, headers: pageHeaders };
  }
  const text = transcoderOf(registry).decoderOf(output)(response);
  if (responseBody === null) return { kind: 'json', text, status: 200, ...etagOf(output, text) };
  return {
    kind: 'json',
    text: JSON.stringify(pickField(JSON.parse(text), responseBody.jsonName)),
    status: 200,
  };
}

/** The field `etag` of an answer that has one is its entity tag, to be sent back as if-match. */
function etagOf({ fields }: DescMessage, text: string): Pick<Extract<Answer, { kind: 'json' }>, 'headers'> {
  if (!fields.some(({ name }) => name === 'etag')) return {};
  const { etag }: { etag?: unknown } = JSON.parse(text);
  return typeof etag === 'string' && etag !== '' ? { headers: { etag: `"${etag}"` } } : {};
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeText(body: Buffer): string {
  try {
    return isAscii(body) ? body.toString('latin1') : utf8.decode(body);
  } catch (cause) {
    throw new HoldfastError('invalidArgument', 'The body is not UTF-8 text; send JSON in UTF-8.', { cause });
  }
}
