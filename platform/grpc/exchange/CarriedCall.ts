import { status } from '@grpc/grpc-js';
import type { Answer, Call } from '../../../proto/gen/holdfast/v1/exchange.ts';
import type { CallStatus, UnaryCall } from '../ServerCall.ts';
import { CarriedMetadata } from './CarriedMetadata.ts';

/** A call that came within a stream, as its method sees it. */
export class CarriedCall implements UnaryCall {
  readonly path: string;
  readonly metadata: CarriedMetadata;
  readonly peer: string;
  readonly deadline: number;
  cancelled = false;
  readonly #id: number;
  readonly #message: Buffer;
  readonly #settle: (answer: Answer) => void;
  #cancelListeners: (() => void)[] = [];

  /**
   * @param settle told of the answer
   * @throws HoldfastError invalidArgument for metadata that no call could carry
   */
  constructor(
    { id, path, metadata, message, timeoutMs }: Call,
    peer: string,
    settle: (answer: Answer) => void,
  ) {
    this.path = path;
    this.metadata = new CarriedMetadata(path, metadata);
    this.peer = peer;
    this.deadline = timeoutMs === 0 ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
    this.#id = id;
    this.#message = message;
    this.#settle = settle;
  }

  /** Of its message. */
  get bytes(): number {
    return this.#message.length;
  }

  read(): Buffer {
    return this.#message;
  }

  onCancelled(listener: () => void): void {
    this.#cancelListeners.push(listener);
  }

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    for (const listener of this.#cancelListeners) listener();
    this.#cancelListeners = [];
  }

  answer(message: Buffer): void {
    this.#settle({ id: this.#id, status: status.OK, details: '', statusDetails: nothing, message });
  }

  fail(failure: CallStatus): void {
    this.#settle(toAnswer(this.#id, failure));
  }
}

export const toAnswer = (id: number, { code, details, packed }: CallStatus): Answer => ({
  id,
  status: code,
  details,
  statusDetails: packed ?? nothing,
  message: nothing,
});

const nothing = Buffer.alloc(0);
