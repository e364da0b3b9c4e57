import { EventEmitter } from 'node:events';
import { Metadata } from '@grpc/grpc-js';
import type { Call } from '../../../proto/gen/holdfast/v1/exchange.ts';
import type { UnaryCall } from '../CallContext.ts';

/** A call that came within a stream, as its method sees it. */
export class CarriedCall extends EventEmitter implements UnaryCall {
  readonly metadata = new Metadata();
  readonly request: Buffer;
  cancelled = false;
  readonly #path: string;
  readonly #peer: string;
  readonly #deadline: number;

  constructor({ path, metadata, message, timeoutMs }: Call, peer: string) {
    super();
    for (const name of Object.keys(metadata)) this.metadata.set(name, metadata[name]);
    this.request = message;
    this.#path = path;
    this.#peer = peer;
    this.#deadline = timeoutMs === 0 ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
  }

  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.emit('cancelled');
  }

  getPath(): string {
    return this.#path;
  }

  getPeer(): string {
    return this.#peer;
  }

  getDeadline(): number {
    return this.#deadline;
  }
}
