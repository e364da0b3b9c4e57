import { Readable } from 'node:stream';
import { type JsonValue, type Message, type Registry, toBinary, toJson } from '@bufbuild/protobuf';
import { HttpBody } from '../proto/gen/google/api/httpbody.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { Backend, ForwardedHeaders } from './createBackend.ts';
import type { Route } from './readRoutes.ts';
import { toErrorBody } from './toErrorBody.ts';

/** google.api.HttpBody: a method that answers it answers an HTTP body of its own, which is no JSON. */
const BODY_TYPE = 'google.api.HttpBody';

export type Answer =
  | { readonly kind: 'body'; readonly contentType: string; readonly data: Buffer }
  | { readonly kind: 'one'; readonly json: JsonValue }
  | { readonly kind: 'lines'; readonly lines: Readable };

/**
 * One gRPC call, its response as JSON with every field, or as the body that it is; a stream's as lines of JSON (NDJSON). A stream that fails after its
 * first line ends with a line `{"error": {…}}`, for the HTTP status has gone out by then.
 * @throws HoldfastError where the call, or a stream before its first line, fails
 */
export async function callMethod(
  { method }: Route,
  request: Buffer,
  options: {
    readonly backend: Backend;
    readonly registry: Registry;
    readonly headers: ForwardedHeaders;
    readonly signal: AbortSignal;
  },
): Promise<Answer> {
  const { backend, registry, headers, signal } = options;
  const encode = (response: Message): JsonValue =>
    toJson(method.output, response, { registry, alwaysEmitImplicit: true });
  if (method.methodKind === 'unary') {
    const response = await backend.unary(method, request, headers, signal);
    if (method.output.typeName !== BODY_TYPE) return { kind: 'one', json: encode(response) };
    const { contentType, data } = HttpBody.decode(toBinary(method.output, response));
    return { kind: 'body', contentType, data };
  }
  const responses = backend.stream(method, request, signal)[Symbol.asyncIterator]();
  // Awaited before the status goes out, so that a refused call answers with its error and not with 200.
  const first = await responses.next();
  const lines = async function* () {
    try {
      for (let next = first; next.done !== true; next = await responses.next())
        yield `${JSON.stringify(encode(next.value))}\n`;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      yield `${JSON.stringify(toErrorBody(error))}\n`;
    } finally {
      await responses.return?.();
    }
  };
  return { kind: 'lines', lines: Readable.from(lines(), { objectMode: false }) };
}
