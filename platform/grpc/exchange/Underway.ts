import type { Answer, Call, Calls } from '../../../proto/gen/holdfast/v1/exchange.ts';
import { HoldfastError } from '../../HoldfastError.ts';
import { noSuchMethod } from '../noSuchMethod.ts';
import type { UnaryHandler } from '../ServerCall.ts';
import { toStatus } from '../toStatus.ts';
import { CarriedCall, toAnswer } from './CarriedCall.ts';
import { MOST_UNDERWAY, MOST_UNDERWAY_BYTES } from './exchangeLimits.ts';

/** The calls of one stream that are not answered yet, and the answers that have not gone out. */
export class Underway {
  readonly #handlers: ReadonlyMap<string, UnaryHandler>;
  readonly #peer: string;
  readonly #calls = new Map<number, CarriedCall>();
  #bytes = 0;
  #answers: Answer[] = [];
  #isRead = false;
  #change: PromiseWithResolvers<void> | null = null;
  #room: PromiseWithResolvers<void> | null = null;

  constructor(handlers: ReadonlyMap<string, UnaryHandler>, peer: string) {
    this.#handlers = handlers;
    this.#peer = peer;
  }

  /** Whether the client ended its side and everything is answered. */
  get isOver(): boolean {
    return this.#isRead && this.#calls.size === 0 && this.#answers.length === 0;
  }

  /** Settles at the next change. */
  change(): Promise<void> {
    this.#change ??= Promise.withResolvers();
    return this.#change.promise;
  }

  changed(): void {
    this.#change?.resolve();
    this.#change = null;
  }

  take(): Answer[] {
    const answers = this.#answers;
    this.#answers = [];
    this.#makeRoom();
    return answers;
  }

  /** Begins what comes, as fast as there is room. */
  async read(batches: AsyncIterable<Calls>): Promise<void> {
    try {
      for await (const { calls } of batches) {
        for (const call of calls) this.#begin(call);
        while (this.#isFull) {
          this.#room ??= Promise.withResolvers();
          await this.#room.promise;
        }
      }
    } catch (error) {
      this.giveUp();
      throw error;
    } finally {
      this.#isRead = true;
      this.changed();
    }
  }

  giveUp(): void {
    for (const call of this.#calls.values()) call.cancel();
    this.#calls.clear();
    this.#bytes = 0;
    this.#makeRoom();
    this.changed();
  }

  /** Answers that the client does not take count too. */
  get #isFull(): boolean {
    return this.#calls.size + this.#answers.length >= MOST_UNDERWAY || this.#bytes >= MOST_UNDERWAY_BYTES;
  }

  #makeRoom(): void {
    if (this.#room === null || this.#isFull) return;
    this.#room.resolve();
    this.#room = null;
  }

  #begin(call: Call): void {
    const { id, path } = call;
    const before = this.#calls.get(id);
    if (call.cancelled) {
      if (before === undefined) return;
      this.#forget(id, before);
      return before.cancel();
    }
    if (before !== undefined)
      throw new HoldfastError(
        'invalidArgument',
        `Two calls of the stream that are under way have the id ${id}.`,
      );
    const handle = this.#handlers.get(path);
    if (handle === undefined) return this.#answer(toAnswer(id, toStatus(noSuchMethod(path))));
    let carried: CarriedCall;
    try {
      carried = new CarriedCall(call, this.#peer, answer => {
        // Nobody waits for what was given up.
        if (this.#calls.get(id) !== carried) return;
        this.#forget(id, carried);
        this.#answer(answer);
      });
    } catch (error) {
      if (error instanceof HoldfastError) return this.#answer(toAnswer(id, toStatus(error)));
      throw error;
    }
    this.#calls.set(id, carried);
    this.#bytes += carried.bytes;
    handle(carried);
  }

  #forget(id: number, { bytes }: CarriedCall): void {
    this.#calls.delete(id);
    this.#bytes -= bytes;
    this.#makeRoom();
  }

  #answer(answer: Answer): void {
    this.#answers.push(answer);
    this.changed();
  }
}
