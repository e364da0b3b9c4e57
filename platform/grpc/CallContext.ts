import type { EventEmitter } from 'node:events';
import type { Metadata, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import type { ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Operation } from './Operation.ts';

// What a handler may know of its call besides the request, without any transport type of grpc-js but its metadata.

export interface CallContext {
  /** As `/holdfast.v1.PredictionService/Predict`. */
  readonly method: string;
  readonly metadata: Metadata;
  readonly peer: string;
  /** When it came, by performance.now(). */
  readonly begun: number;
  /** Milliseconds since 1970 by which the caller wants the answer; Infinity where it gave none. */
  readonly deadline: number;
  /** True once the caller went away or its deadline passed: stop working, nobody reads the answer. */
  readonly cancelled: boolean;
  /** Aborts at the same moment. Made on first use, for most calls never need one. */
  readonly signal: AbortSignal;
  /** How many rows the call carried so far, where it carries rows: told by the handler, for the access log. */
  rows?: number;
  /** Of a call with an idempotency key. */
  operation?: Operation;
}

export type ServerCall<Request, Response> =
  | ServerUnaryCall<Request, Response>
  | ServerReadableStream<Request, Response>
  | ServerWritableStream<Request, Response>
  | ServerDuplexStream<Request, Response>;

export function createCallContext<Request, Response>(call: ServerCall<Request, Response>): CallContext {
  const events: EventEmitter = call;
  const begun = performance.now();
  let controller: AbortController | null = null;
  return {
    method: call.getPath(),
    metadata: call.metadata,
    begun,
    get peer() {
      return call.getPeer();
    },
    get deadline() {
      return Number(call.getDeadline());
    },
    get cancelled() {
      return call.cancelled;
    },
    get signal() {
      if (controller === null) {
        const created = new AbortController();
        controller = created;
        if (call.cancelled) created.abort();
        else events.once('cancelled', () => created.abort());
      }
      return controller.signal;
    },
  };
}
