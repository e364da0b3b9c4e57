import type { CallContext } from './CallContext.ts';
import type { CallMetadata } from './ServerCall.ts';
import type { MethodDefinition } from './ServiceImplementation.ts';

// Where what measures or logs a server's calls plugs in. It must be cheap and must not throw: it stands between the handler and
// the caller of every call.

export interface ObservedMethod {
  /** As `holdfast.v1.PredictionService`. */
  readonly service: string;
  readonly method: string;
  readonly type: 'unary' | 'client_stream' | 'server_stream' | 'bidi_stream';
}

/** @param code gRPC's number of the status that the caller gets */
export type CallEnded = (code: number, ms: number, context: CallContext) => void;

/** Begins what a call is done in: `work` is all that the server does for it. */
export type CallBegun = (metadata: CallMetadata, work: () => void) => void;

export interface CallObserver {
  /** Asked once a method; null where its calls are not to be surrounded. */
  around?(method: ObservedMethod): CallBegun | null;
  /** Asked once a method; what it returns is told of the end of each call of it. */
  observe(method: ObservedMethod): CallEnded;
}

export function describeMethod({ path, requestStream, responseStream }: MethodDefinition): ObservedMethod {
  const [, service = '', method = ''] = path.split('/');
  const type = requestStream
    ? responseStream
      ? 'bidi_stream'
      : 'client_stream'
    : responseStream
      ? 'server_stream'
      : 'unary';
  return { service, method, type };
}
