import {
  type handleUnaryCall,
  type sendUnaryData,
  type Server,
  type ServerErrorResponse,
  status,
} from '@grpc/grpc-js';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
} from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerReadableStream, ServerWritableStream } from '@grpc/grpc-js';
import type { Metadata } from '@grpc/grpc-js';
import type { BoundMethod } from './bindService.ts';
import { type CallContext, createCallContext } from './CallContext.ts';
import type { CallBegun, CallEnded } from './CallObserver.ts';
import type { OpenStreams } from './OpenStreams.ts';
import { guardDeserialize, MalformedMessage } from './MalformedMessage.ts';

// The seam between grpc-js and our handlers: decode → one function → encode, with every failure going through one `fail`.
// Responses are encoded here and not by grpc-js, whose answer to a failing encoder leaves no trace in the log.

/** Turns what a handler threw into the status that the caller gets. */
export type ToServerError = (error: unknown, context: CallContext) => ServerErrorResponse;

type Incoming = unknown;
type Writable = ServerWritableStream<Incoming, Buffer> | ServerDuplexStream<Incoming, Buffer>;

/** What happens at a call's end besides the answer. */
export interface CallEnding {
  readonly toServerError: ToServerError;
  readonly ended: CallEnded;
  readonly streams: OpenStreams;
  /** From the outermost to the innermost. */
  readonly begun: readonly CallBegun[];
}

export function registerMethod(server: Server, method: BoundMethod, ending: CallEnding): void {
  const { path, requestStream, responseStream } = method.definition;
  const deserialize = guardDeserialize(bytes => method.definition.requestDeserialize(bytes));
  if (requestStream && responseStream)
    server.register(path, surrounded(bidirectional(method, ending), ending), identity, deserialize, 'bidi');
  else if (requestStream)
    server.register(
      path,
      surrounded(clientStream(method, ending), ending),
      identity,
      deserialize,
      'clientStream',
    );
  else if (responseStream)
    server.register(
      path,
      surrounded(serverStream(method, ending), ending),
      identity,
      deserialize,
      'serverStream',
    );
  else server.register(path, surrounded(unary(method, ending), ending), identity, deserialize, 'unary');
}

/** The handler as it is, where nobody surrounds its calls. */
const surrounded = <Call extends { readonly metadata: Metadata }, Rest extends unknown[]>(
  handle: (call: Call, ...rest: Rest) => void,
  { begun }: CallEnding,
): ((call: Call, ...rest: Rest) => void) =>
  begun.reduceRight(
    (inner, begin) =>
      (call, ...rest) =>
        begin(call.metadata, () => inner(call, ...rest)),
    handle,
  );

const identity = (bytes: Buffer): Buffer => bytes;

const unary =
  (method: BoundMethod, ending: CallEnding): handleUnaryCall<Incoming, Buffer> =>
  (call, callback) => {
    const context = createCallContext(call);
    void reply(answer(method, call.request, context), context, callback, ending);
  };

const clientStream =
  (method: BoundMethod, ending: CallEnding): handleClientStreamingCall<Incoming, Buffer> =>
  (call, callback) => {
    const context = createCallContext(call);
    void reply(answer(method, wellFormed(call, method), context), context, callback, ending);
  };

const serverStream =
  (method: BoundMethod, ending: CallEnding): handleServerStreamingCall<Incoming, Buffer> =>
  call => {
    const context = createCallContext(call);
    void stream(method, call.request, call, context, ending);
  };

const bidirectional =
  (method: BoundMethod, ending: CallEnding): handleBidiStreamingCall<Incoming, Buffer> =>
  call => {
    const context = createCallContext(call);
    void stream(method, wellFormed(call, method), call, context, ending);
  };

async function reply(
  answering: Promise<Buffer>,
  context: CallContext,
  callback: sendUnaryData<Buffer>,
  ending: CallEnding,
): Promise<void> {
  let bytes: Buffer;
  try {
    bytes = await answering;
  } catch (error) {
    return callback(fail(error, context, ending));
  }
  end(status.OK, context, ending);
  callback(null, bytes);
}

async function answer(method: BoundMethod, request: unknown, context: CallContext): Promise<Buffer> {
  if (request instanceof MalformedMessage) throw request.toError(context.method);
  return method.definition.responseSerialize(await method.handle(request, context));
}

async function stream(
  method: BoundMethod,
  request: unknown,
  call: Writable,
  context: CallContext,
  ending: CallEnding,
): Promise<void> {
  const cut = Promise.withResolvers<never>();
  const progress = { answered: 0, cut: cut.reject };
  const release = ending.streams.add(progress);
  try {
    await Promise.race([writeAll(method, request, call, context, progress), cut.promise]);
  } catch (error) {
    call.emit('error', fail(error, context, ending));
    return;
  } finally {
    release();
  }
  end(status.OK, context, ending);
  call.end();
}

function fail(error: unknown, context: CallContext, ending: CallEnding): ServerErrorResponse {
  const answer = ending.toServerError(error, context);
  end(answer.code ?? status.UNKNOWN, context, ending);
  return answer;
}

/** Of a call that its caller gave up, the caller's view is told: nobody got what the handler answered. */
function end(code: number, context: CallContext, { ended }: CallEnding): void {
  ended(context.cancelled ? givenUp(context) : code, performance.now() - context.begun, context);
}

const givenUp = ({ deadline }: CallContext): number =>
  Date.now() >= deadline ? status.DEADLINE_EXCEEDED : status.CANCELLED;

async function writeAll(
  method: BoundMethod,
  request: unknown,
  call: Writable,
  context: CallContext,
  progress: { answered: number },
): Promise<void> {
  if (request instanceof MalformedMessage) throw request.toError(context.method);
  const responses = method.handle(request, context);
  if (!(Symbol.asyncIterator in responses)) throw new TypeError(`${context.method} did not answer a stream.`);
  for await (const response of responses) {
    if (call.cancelled) return;
    const mayGoOn = call.write(method.definition.responseSerialize(response));
    progress.answered++;
    if (!mayGoOn) await drained(call);
  }
}

/** Waits until the caller read on, or went away. */
const drained = (call: Writable): Promise<void> =>
  new Promise(resolve => {
    const done = (): void => {
      call.off('drain', done);
      call.off('cancelled', done);
      resolve();
    };
    call.on('drain', done);
    call.on('cancelled', done);
    if (call.cancelled) done();
  });

async function* wellFormed(
  call: ServerReadableStream<Incoming, Buffer> | ServerDuplexStream<Incoming, Buffer>,
  method: BoundMethod,
): AsyncGenerator {
  // Not destroyed by whoever stops reading: the status of the call has yet to go out.
  for await (const message of call.iterator({ destroyOnReturn: false })) {
    if (message instanceof MalformedMessage) throw message.toError(method.definition.path);
    yield message;
  }
}
