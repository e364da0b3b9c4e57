import { type sendUnaryData, status } from '@grpc/grpc-js';
import type { Answer, Call, Calls } from '../../../proto/gen/holdfast/v1/exchange.ts';
import { HoldfastError } from '../../HoldfastError.ts';
import type { UnaryCall } from '../CallContext.ts';
import { DETAILS_KEY, toStatus } from '../toStatus.ts';
import { CarriedCall } from './CarriedCall.ts';
import { MOST_UNDERWAY, MOST_UNDERWAY_BYTES } from './exchangeLimits.ts';

/** A unary method as the server has it. */
export type UnaryHandler = (call: UnaryCall, callback: sendUnaryData<Buffer>) => void;

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
    if (handle === undefined) return this.#answer(refusal(id, noSuchMethod(path)));
    let carried: CarriedCall;
    try {
      carried = new CarriedCall(call, this.#peer);
    } catch (cause) {
      return this.#answer(refusal(id, noMetadata(path, cause)));
    }
    this.#calls.set(id, carried);
    this.#bytes += carried.request.length;
    handle(carried, (error, bytes) => {
      // Nobody waits for what was given up.
      if (this.#calls.get(id) !== carried) return;
      this.#forget(id, carried);
      this.#answer(error === null ? success(id, bytes ?? nothing) : failure(id, error));
    });
  }

  #forget(id: number, { request }: CarriedCall): void {
    this.#calls.delete(id);
    this.#bytes -= request.length;
    this.#makeRoom();
  }

  #answer(answer: Answer): void {
    this.#answers.push(answer);
    this.changed();
  }
}

const nothing = Buffer.alloc(0);

const success = (id: number, message: Buffer): Answer => ({
  id,
  status: status.OK,
  details: '',
  statusDetails: nothing,
  message,
});

function failure(id: number, { code, details, metadata }: Failure): Answer {
  const [packed] = metadata?.get(DETAILS_KEY) ?? [];
  return {
    id,
    status: code ?? status.UNKNOWN,
    details: details ?? '',
    statusDetails: Buffer.isBuffer(packed) ? packed : nothing,
    message: nothing,
  };
}

type Failure = NonNullable<Parameters<sendUnaryData<Buffer>>[0]>;

const refusal = (id: number, error: HoldfastError): Answer => failure(id, toStatus(error));

/** In the words of the library, which answers so to a call by itself. */
const noSuchMethod = (path: string): HoldfastError =>
  new HoldfastError('unimplemented', `The server does not implement the method ${path}`);

const noMetadata = (path: string, cause: unknown): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `The metadata of the call to ${path} cannot be taken: ${cause instanceof Error ? cause.message : ''}. Expected names and values of plain ASCII.`,
    { cause },
  );
