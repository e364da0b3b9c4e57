import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { noSuchMethod } from '../noSuchMethod.ts';
import type { StreamHandler, UnaryHandler } from '../ServerCall.ts';
import { toStatus } from '../toStatus.ts';
import { Http2Call } from './Http2Call.ts';

export interface Methods {
  readonly unary: ReadonlyMap<string, UnaryHandler>;
  readonly streaming: ReadonlyMap<string, StreamHandler>;
  /** Of a message. */
  readonly maximumBytes: number;
}

/** From a stream of HTTP/2 to the method that it names. What is no gRPC call is told so in HTTP. */
export const beginCall =
  ({ unary, streaming, maximumBytes }: Methods) =>
  (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, peer: string): void => {
    const refusal = refusalOf(headers);
    if (refusal !== null) {
      stream.on('error', () => undefined).respond({ ':status': refusal }, { endStream: true });
      return;
    }
    const call = new Http2Call(stream, headers, { peer, maximumBytes });
    if (call.isOver) return;
    const handleUnary = unary.get(call.path);
    const handleStream = streaming.get(call.path);
    if (handleUnary !== undefined) handleUnary(call);
    else if (handleStream !== undefined) handleStream(call);
    else call.fail(toStatus(noSuchMethod(call.path)));
  };

/** A status of HTTP for what is no gRPC call, nor in one of its encodings: grpc-web is another protocol. */
function refusalOf({ ':method': method, 'content-type': type = '' }: IncomingHttpHeaders): number | null {
  if (method !== 'POST') return 405;
  return /^application\/grpc(?:$|[+;])/.test(type) ? null : 415;
}
