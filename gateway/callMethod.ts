import { Readable } from 'node:stream';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { Answer, HttpCall } from './Codec.ts';
import type { Backend, BackendCall } from './createBackend.ts';
import type { Route } from './readRoutes.ts';
import { toErrorBody } from './toErrorBody.ts';

/**
 * One gRPC call, its response in the form that the codec gives it; a stream's as lines of JSON (NDJSON). A stream that fails after
 * its first line ends with a line `{"error": {…}}`, for the HTTP status has gone out by then.
 * @throws HoldfastError where the call, or a stream before its first line, fails
 */
export async function callMethod(
  { method }: Route,
  { message, answer }: HttpCall,
  backend: Backend,
  options: BackendCall,
): Promise<Answer | { readonly kind: 'lines'; readonly lines: Readable }> {
  if (method.methodKind === 'unary') return answer(await backend.unary(method, message, options));
  const responses = backend.stream(method, message, options)[Symbol.asyncIterator]();
  // Awaited before the status goes out, so that a refused call answers with its error and not with 200.
  const first = await responses.next();
  const lines = async function* () {
    try {
      for (let next = first; next.done !== true; next = await responses.next()) {
        const encoded = answer(next.value);
        if (encoded.kind === 'json') yield `${encoded.text}\n`;
      }
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      yield `${JSON.stringify(toErrorBody(error))}\n`;
    } finally {
      await responses.return?.();
    }
  };
  return { kind: 'lines', lines: Readable.from(lines(), { objectMode: false }) };
}
