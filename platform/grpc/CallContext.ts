import { anonymous, type Principal } from '../access/Principal.ts';
import type { Operation } from './Operation.ts';
import type { CallMetadata, ServerCall } from './ServerCall.ts';

// What a handler may know of its call besides the request, whatever carried it.

export interface CallContext {
  /** As `/holdfast.v1.PredictionService/Predict`. */
  readonly method: string;
  readonly metadata: CallMetadata;
  readonly peer: string;
  /** Who calls, and may. */
  readonly principal: Principal;
  /** When its request was there, or began to come where there are many, by performance.now(). */
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
export class OpenCall implements CallContext {
  begun = performance.now();
  principal: Principal = anonymous;
  rows?: number;
  operation?: Operation;
  audited?: AuditNote;
  readonly #call: ServerCall;
  #controller: AbortController | null = null;
  #isCut = false;

  constructor(call: ServerCall) {
    this.#call = call;
  }

  get method(): string {
    return this.#call.path;
  }

  get metadata(): CallMetadata {
    return this.#call.metadata;
  }

  get peer(): string {
    return this.#call.peer;
  }

  get deadline(): number {
    return this.#call.deadline;
  }

  /** True once the caller went away or its deadline passed. */
  get abandoned(): boolean {
    return this.#call.cancelled;
  }

  get cancelled(): boolean {
    return this.#isCut || this.#call.cancelled;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      const created = new AbortController();
      this.#controller = created;
      if (this.cancelled) created.abort();
      else this.#call.onCancelled(() => created.abort());
    }
    return this.#controller.signal;
  }

  /** Ends the call from here: what is under way sees that it is cancelled. */
  cut(): void {
    this.#isCut = true;
    this.#controller?.abort();
  }
}
