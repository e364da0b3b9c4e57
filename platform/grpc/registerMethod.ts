import { type sendUnaryData, type Server, type ServerErrorResponse, status } from '@grpc/grpc-js';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
} from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerReadableStream, ServerWritableStream } from '@grpc/grpc-js';
import type { Metadata } from '@grpc/grpc-js';
import type { HoldfastError } from '../HoldfastError.ts';
import type { Guard } from './Authorizer.ts';
import type { BoundMethod } from './bindService.ts';
import { type CallContext, createCallContext, type OpenCall, type UnaryCall } from './CallContext.ts';
import type { CallBegun, CallEnded } from './CallObserver.ts';
import type { UnaryHandler } from './exchange/Underway.ts';
import type { OpenStreams } from './OpenStreams.ts';
import { malformedRequest } from './malformedRequest.ts';

// The seam between grpc-js and our handlers: admit → decode → one function → encode, with every failure going through one
// `fail`. Requests are decoded here and not by grpc-js, which would read what strangers send, and answers INTERNAL where bytes
// do not parse; responses are encoded here, since its answer to a failing encoder leaves no trace in the log.

/** Turns what a handler threw into the status that the caller gets. */
export type ToServerError = (error: unknown, context: CallContext) => ServerErrorResponse;

type Writable = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

/** A method with what stands before and behind its handler. */
export interface GuardedMethod extends BoundMethod {
  readonly guard: Guard;
  readonly toServerError: ToServerError;
  readonly ended: CallEnded;
  readonly streams: OpenStreams;
  /** From the outermost to the innermost. */
  readonly begun: readonly CallBegun[];
}

/** @returns what answers a call of a unary method, wherever it comes from; null for the others */
export function registerMethod(server: Server, method: GuardedMethod): UnaryHandler | null {
  const { path, requestStream, responseStream } = method.definition;
  if (!requestStream && !responseStream) {
    const handle = surrounded(unary(method), method);
    server.register(path, handle, identity, identity, 'unary');
    return handle;
  }
  if (requestStream && responseStream)
    server.register(path, surrounded(bidirectional(method), method), identity, identity, 'bidi');
  else if (requestStream)
    server.register(path, surrounded(clientStream(method), method), identity, identity, 'clientStream');
  else server.register(path, surrounded(serverStream(method), method), identity, identity, 'serverStream');
  return null;
}

/** The handler as it is, where nobody surrounds its calls. */
const surrounded = <Call extends { readonly metadata: Metadata }, Rest extends unknown[]>(
  handle: (call: Call, ...rest: Rest) => void,
  { begun }: GuardedMethod,
): ((call: Call, ...rest: Rest) => void) =>
  begun.reduceRight(
    (inner, begin) =>
      (call, ...rest) =>
        begin(call.metadata, () => inner(call, ...rest)),
    handle,
  );

const identity = (bytes: Buffer): Buffer => bytes;

const unary =
  (method: GuardedMethod) =>
  (call: UnaryCall, callback: sendUnaryData<Buffer>): void => {
    const context = createCallContext(call);
    void reply(answer(method, call.request, context), context, callback, method);
  };

const clientStream =
  (method: GuardedMethod): handleClientStreamingCall<Buffer, Buffer> =>
  (call, callback) => {
    const context = createCallContext(call);
    const answering = whileAdmitted(method, context, { answered: 0 }, async () =>
      method.definition.responseSerialize(await method.handle(decodeAll(method, call), context)),
    );
    void reply(answering, context, callback, method);
  };

const serverStream =
  (method: GuardedMethod): handleServerStreamingCall<Buffer, Buffer> =>
  call => {
    const context = createCallContext(call);
    void stream(method, call, context, () => decode(method, call.request));
  };

const bidirectional =
  (method: GuardedMethod): handleBidiStreamingCall<Buffer, Buffer> =>
  call => {
    const context = createCallContext(call);
    void stream(method, call, context, () => decodeAll(method, call));
  };

async function reply(
  answering: Promise<Buffer>,
  context: OpenCall,
  callback: sendUnaryData<Buffer>,
  method: GuardedMethod,
): Promise<void> {
  let bytes: Buffer;
  try {
    bytes = await answering;
  } catch (error) {
    return callback(fail(error, context, method));
  }
  end(status.OK, context, method);
  callback(null, bytes);
}

async function answer(method: GuardedMethod, bytes: Buffer, context: OpenCall): Promise<Buffer> {
  const admitted = method.guard.admit(context.metadata);
  context.principal = admitted instanceof Promise ? await admitted : admitted;
  return method.definition.responseSerialize(await method.handle(decode(method, bytes), context));
}

async function stream(
  method: GuardedMethod,
  call: Writable,
  context: OpenCall,
  readRequest: () => unknown,
): Promise<void> {
  const progress = { answered: 0 };
  try {
    await whileAdmitted(method, context, progress, () =>
      writeAll(method, readRequest(), call, context, progress),
    );
  } catch (error) {
    call.emit('error', fail(error, context, method));
    return;
  }
  end(status.OK, context, method);
  call.end();
}

/** What lasts goes on for as long as the caller may call and the server lives. */
async function whileAdmitted<T>(
  { guard, streams }: GuardedMethod,
  context: OpenCall,
  progress: { readonly answered: number },
  work: () => Promise<T>,
): Promise<T> {
  context.principal = await guard.admit(context.metadata);
  const lost = Promise.withResolvers<never>();
  const cut = (error: HoldfastError): void => {
    context.cut();
    lost.reject(error);
  };
  const forget = streams.add({
    get answered() {
      return progress.answered;
    },
    cut,
  });
  const release = guard.watch(context.metadata, cut);
  try {
    return await Promise.race([lost.promise, work()]);
  } finally {
    release();
    forget();
  }
}

function fail(error: unknown, context: OpenCall, method: GuardedMethod): ServerErrorResponse {
  const answer = method.toServerError(error, context);
  end(answer.code ?? status.UNKNOWN, context, method);
  return answer;
}

/** Of a call that its caller gave up, the caller's view is told: nobody got what the handler answered. */
function end(code: number, context: OpenCall, { ended }: GuardedMethod): void {
  ended(context.abandoned ? givenUp(context) : code, performance.now() - context.begun, context);
}

const givenUp = ({ deadline }: CallContext): number =>
  Date.now() >= deadline ? status.DEADLINE_EXCEEDED : status.CANCELLED;

async function writeAll(
  method: BoundMethod,
  request: unknown,
  call: Writable,
  context: OpenCall,
  progress: { answered: number },
): Promise<void> {
  const responses = method.handle(request, context);
  if (!(Symbol.asyncIterator in responses)) throw new TypeError(`${context.method} did not answer a stream.`);
  for await (const response of responses) {
    if (context.cancelled) return;
    const mayGoOn = call.write(method.definition.responseSerialize(response));
    progress.answered++;
    if (!mayGoOn) await drained(call, context);
  }
}

/** Waits until the caller read on, went away, or may no longer call. */
const drained = (call: Writable, { signal }: CallContext): Promise<void> =>
  new Promise(resolve => {
    const done = (): void => {
      call.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    call.on('drain', done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });

function decode({ definition }: BoundMethod, bytes: Buffer): unknown {
  try {
    return definition.requestDeserialize(bytes);
  } catch (cause) {
    throw malformedRequest(definition.path, cause);
  }
}

async function* decodeAll(
  method: BoundMethod,
  call: ServerReadableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
): AsyncGenerator {
  // Not destroyed by whoever stops reading: the status of the call has yet to go out.
  for await (const bytes of call.iterator({ destroyOnReturn: false })) yield decode(method, bytes);
}
