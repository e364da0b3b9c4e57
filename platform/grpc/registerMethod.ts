import type { handleUnaryCall, sendUnaryData, Server, ServerErrorResponse } from '@grpc/grpc-js';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
} from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerReadableStream, ServerWritableStream } from '@grpc/grpc-js';
import type { BoundMethod } from './bindService.ts';
import { type CallContext, createCallContext } from './CallContext.ts';
import { guardDeserialize, MalformedMessage } from './MalformedMessage.ts';

// The seam between grpc-js and our handlers: decode → one function → encode, with every failure going through one `fail`.
// Responses are encoded here and not by grpc-js, whose answer to a failing encoder leaves no trace in the log.

/** Turns what a handler threw into the status that the caller gets. */
export type ToServerError = (error: unknown, context: CallContext) => ServerErrorResponse;

type Incoming = unknown;
type Writable = ServerWritableStream<Incoming, Buffer> | ServerDuplexStream<Incoming, Buffer>;

export function registerMethod(server: Server, method: BoundMethod, toServerError: ToServerError): void {
  const { path, requestStream, responseStream } = method.definition;
  const deserialize = guardDeserialize(bytes => method.definition.requestDeserialize(bytes));
  if (requestStream && responseStream)
    server.register(path, bidirectional(method, toServerError), identity, deserialize, 'bidi');
  else if (requestStream)
    server.register(path, clientStream(method, toServerError), identity, deserialize, 'clientStream');
  else if (responseStream)
    server.register(path, serverStream(method, toServerError), identity, deserialize, 'serverStream');
  else server.register(path, unary(method, toServerError), identity, deserialize, 'unary');
}

const identity = (bytes: Buffer): Buffer => bytes;

const unary =
  (method: BoundMethod, toServerError: ToServerError): handleUnaryCall<Incoming, Buffer> =>
  (call, callback) => {
    const context = createCallContext(call);
    void reply(answer(method, call.request, context), context, callback, toServerError);
  };

const clientStream =
  (method: BoundMethod, toServerError: ToServerError): handleClientStreamingCall<Incoming, Buffer> =>
  (call, callback) => {
    const context = createCallContext(call);
    void reply(answer(method, wellFormed(call, method), context), context, callback, toServerError);
  };

const serverStream =
  (method: BoundMethod, toServerError: ToServerError): handleServerStreamingCall<Incoming, Buffer> =>
  call => {
    const context = createCallContext(call);
    void stream(method, call.request, call, context, toServerError);
  };

const bidirectional =
  (method: BoundMethod, toServerError: ToServerError): handleBidiStreamingCall<Incoming, Buffer> =>
  call => {
    const context = createCallContext(call);
    void stream(method, wellFormed(call, method), call, context, toServerError);
  };

async function reply(
  answering: Promise<Buffer>,
  context: CallContext,
  callback: sendUnaryData<Buffer>,
  toServerError: ToServerError,
): Promise<void> {
  let bytes: Buffer;
  try {
    bytes = await answering;
  } catch (error) {
    return callback(toServerError(error, context));
  }
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
  toServerError: ToServerError,
): Promise<void> {
  try {
    await writeAll(method, request, call, context);
    call.end();
  } catch (error) {
    call.emit('error', toServerError(error, context));
  }
}

async function writeAll(
  method: BoundMethod,
  request: unknown,
  call: Writable,
  context: CallContext,
): Promise<void> {
  if (request instanceof MalformedMessage) throw request.toError(context.method);
  const responses = method.handle(request, context);
  if (!(Symbol.asyncIterator in responses)) throw new TypeError(`${context.method} did not answer a stream.`);
  for await (const response of responses) {
    if (call.cancelled) return;
    if (!call.write(method.definition.responseSerialize(response))) await drained(call);
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
