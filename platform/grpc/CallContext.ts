import type { Deadline, Metadata } from '@grpc/grpc-js';
import { anonymous, type Principal } from '../access/Principal.ts';
import type { Operation } from './Operation.ts';

// What a handler may know of its call besides the request, without any transport type of grpc-js but its metadata.

export interface CallContext {
  /** As `/holdfast.v1.PredictionService/Predict`. */
  readonly method: string;
  readonly metadata: Metadata;
  readonly peer: string;
  /** Who calls, and may. */
  readonly principal: Principal;
  /** When it came, by performance.now(). */
  readonly begun: number;
  /** Milliseconds since 1970 by which the caller wants the answer; Infinity where it gave none. */
  readonly deadline: number;
  /** True once the caller went away, its deadline passed or it may no longer call: stop working, nobody reads the answer. */
  readonly cancelled: boolean;
  /** Aborts at the same moment. Made on first use, for most calls never need one. */
  readonly signal: AbortSignal;
  /** How many rows the call carried so far, where it carries rows: told by the handler, for the access log. */
  rows?: number;
  /** Of a call with an idempotency key. */
  operation?: Operation;
  /** What only the handler knows of a change, for the audit log. */
  audited?: AuditNote;
}

export interface AuditNote {
  /** Where the request's path does not say what the call is about. */
  readonly target?: string;
  /** Who acts, where that is only known afterwards. */
  readonly actor?: string;
  /** What is changed, as it was: a message and its full name. */
  readonly before?: { readonly type: string; readonly message: object };
}

/** The server's side of a context. */
export interface OpenCall extends CallContext {
  principal: Principal;
  /** True once the caller went away or its deadline passed. */
  readonly abandoned: boolean;
  /** Ends the call from here: what is under way sees that it is cancelled. */
  cut(): void;
}

/** A call as it arrives: one of grpc-js, or one within a stream. */
export interface ServerCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  getPath(): string;
  getPeer(): string;
  getDeadline(): Deadline;
  once(event: 'cancelled', listener: () => void): unknown;
}

export interface UnaryCall extends ServerCall {
  readonly request: Buffer;
}

export function createCallContext(call: ServerCall): OpenCall {
  const begun = performance.now();
  let controller: AbortController | null = null;
  let isCut = false;
  return {
    method: call.getPath(),
    metadata: call.metadata,
    begun,
    principal: anonymous,
    get peer() {
      return call.getPeer();
    },
    get deadline() {
      return Number(call.getDeadline());
    },
    get abandoned() {
      return call.cancelled;
    },
    get cancelled() {
      return isCut || call.cancelled;
    },
    get signal() {
      if (controller === null) {
        const created = new AbortController();
        controller = created;
        if (isCut || call.cancelled) created.abort();
        else call.once('cancelled', () => created.abort());
      }
      return controller.signal;
    },
    cut: () => {
      isCut = true;
      controller?.abort();
    },
  };
}
