import type { Answer, HttpCall } from './Codec.ts';
import type { Backend, BackendCall } from './createBackend.ts';
import type { Route } from './readRoutes.ts';

/**
 * One gRPC call, its response in the form that the codec gives it; a stream's as JSON texts, one after the other.
 * @throws HoldfastError where the call, or a stream before its first message, fails
 */
export async function callMethod(
  { method }: Route,
  { message, answer }: HttpCall,
  backend: Backend,
  options: BackendCall,
): Promise<Answer | { readonly kind: 'stream'; readonly messages: AsyncIterable<string> }> {
  if (method.methodKind === 'unary') return answer(await backend.unary(method, message, options));
  const responses = backend.stream(method, message, options)[Symbol.asyncIterator]();
  // Awaited before the status goes out, so that a refused call answers with its error and not with 200.
  const first = await responses.next();
  const messages = async function* () {
    try {
      for (let next = first; next.done !== true; next = await responses.next()) {
        const encoded = answer(next.value);
        if (encoded.kind === 'json') yield encoded.text;
      }
    } finally {
      await responses.return?.();
    }
  };
  return { kind: 'stream', messages: messages() };
}
