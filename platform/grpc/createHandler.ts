import { status } from '@grpc/grpc-js';
import type { HoldfastError } from '../HoldfastError.ts';
import type { Guard } from './Authorizer.ts';
import type { BoundMethod } from './bindService.ts';
import { type CallContext, OpenCall } from './CallContext.ts';
import type { CallBegun, CallEnded } from './CallObserver.ts';
import { malformedRequest } from './malformedRequest.ts';
import { notOne } from './notOne.ts';
import { ofMessage } from './ofMessage.ts';
import type { OpenStreams } from './OpenStreams.ts';
import type {
  CallStatus,
  ServerCall,
  StreamCall,
  StreamHandler,
  UnaryCall,
  UnaryHandler,
} from './ServerCall.ts';

// The seam between a transport and our handlers: admit → read → decode → one function → encode → answer, with every failure
// going through one `failed`. Who may not call is refused before the request is read.

/** Turns what a handler threw into the status that the caller gets. */
export type ToStatus = (error: unknown, context: CallContext) => CallStatus;

/** A method with what stands before and behind its handler. */
export interface GuardedMethod extends BoundMethod {
  readonly guard: Guard;
  readonly toStatus: ToStatus;
  readonly ended: CallEnded;
  readonly streams: OpenStreams;
  /** From the outermost to the innermost. */
  readonly begun: readonly CallBegun[];
}

/** What answers the calls of a method with one request and one answer, wherever they come from. */
export const createUnaryHandler = (method: GuardedMethod): UnaryHandler =>
  surrounded((call: UnaryCall) => void answer(method, call), method);

/** What answers the calls of a method with a stream of either. */
export const createStreamHandler = (method: GuardedMethod): StreamHandler =>
  surrounded((call: StreamCall) => void converse(method, call), method);

/** The handler as it is, where nobody surrounds its calls. */
const surrounded = <Call extends ServerCall>(
  handle: (call: Call) => void,
  { begun }: GuardedMethod,
): ((call: Call) => void) =>
  begun.reduceRight((inner, begin) => call => begin(call.metadata, () => inner(call)), handle);

async function answer(method: GuardedMethod, call: UnaryCall): Promise<void> {
  const context = new OpenCall(call);
  let response: Buffer;
  try {
    const admitted = method.guard.admit(call.metadata);
    context.principal = admitted instanceof Promise ? await admitted : admitted;
    const read = call.read();
    const bytes = read instanceof Promise ? await read : read;
    context.begun = performance.now();
    response = method.definition.responseSerialize(await method.handle(decode(method, bytes), context));
  } catch (error) {
    call.fail(failed(error, context, method));
    return;
  }
  end(status.OK, context, method);
  call.answer(response);
}

async function converse(method: GuardedMethod, call: StreamCall): Promise<void> {
  const context = new OpenCall(call);
  const progress = { answered: 0 };
  try {
    await whileAdmitted(method, context, progress, () => writeAll(method, call, context, progress));
  } catch (error) {
    call.fail(failed(error, context, method));
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

async function writeAll(
  method: GuardedMethod,
  call: StreamCall,
  context: OpenCall,
  progress: { answered: number },
): Promise<void> {
  const { definition } = method;
  const request = definition.requestStream ? decodeAll(method, call) : decode(method, await readOne(call));
  const responses = method.handle(request, context);
  if (!(Symbol.asyncIterator in responses)) {
    call.write(definition.responseSerialize(await responses));
    return;
  }
  for await (const response of responses) {
    if (context.cancelled) return;
    const mayGoOn = call.write(definition.responseSerialize(response));
    progress.answered++;
    if (!mayGoOn) await call.drained(context.signal);
  }
}

async function readOne(call: StreamCall): Promise<Buffer> {
  const messages: Buffer[] = [];
  for await (const message of call.messages()) if (messages.push(message) > 1) break;
  if (messages.length === 1) return messages[0];
  throw notOne(messages.length);
}

function failed(error: unknown, context: OpenCall, method: GuardedMethod): CallStatus {
  const answered = method.toStatus(error, context);
  end(answered.code, context, method);
  return answered;
}

/** Of a call that its caller gave up, the caller's view is told: nobody got what the handler answered. */
function end(code: number, context: OpenCall, { ended }: GuardedMethod): void {
  ended(context.abandoned ? givenUp(context) : code, performance.now() - context.begun, context);
}

const givenUp = ({ deadline }: CallContext): number =>
  Date.now() >= deadline ? status.DEADLINE_EXCEEDED : status.CANCELLED;

function decode({ definition }: BoundMethod, bytes: Buffer): unknown {
  try {
    return definition.requestDeserialize(bytes);
  } catch (cause) {
    throw malformedRequest(definition.path, cause);
  }
}

async function* decodeAll(method: BoundMethod, call: StreamCall): AsyncGenerator {
  let number = 1;
  try {
    for await (const bytes of call.messages()) {
      yield decode(method, bytes);
      number++;
    }
  } catch (error) {
    throw ofMessage(number, error);
  }
}
