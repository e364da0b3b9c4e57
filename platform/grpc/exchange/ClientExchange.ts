import { type Client, type ClientDuplexStream, Metadata, status } from '@grpc/grpc-js';
import {
  type Answer,
  type Answers,
  type Call,
  type Calls,
  ExchangeServiceService,
} from '../../../proto/gen/holdfast/v1/exchange.ts';
import type { HoldfastError } from '../../HoldfastError.ts';
import { fromServiceError, isServiceError, type ReceivedError } from '../fromServiceError.ts';
import { DETAILS_KEY } from '../toStatus.ts';
import { LARGEST_CARRIED_BYTES, MOST_CALLS, MOST_UNDERWAY } from './exchangeLimits.ts';

// The client's side of one stream of proto/holdfast/v1/exchange.proto. Calls of one turn go out together; each ends with its answer, at
// its deadline, with its caller or with the stream.

export interface CarriedRequest {
  readonly path: string;
  readonly message: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface Settle {
  readonly resolve: (response: Buffer) => void;
  readonly reject: (error: HoldfastError) => void;
}

interface Pending extends Settle {
  readonly timer: NodeJS.Timeout;
}

/** Of calls that go out as one message: less than any server takes. */
const BATCH_BYTES = 4 * LARGEST_CARRIED_BYTES;
const { exchange: METHOD } = ExchangeServiceService;

export class ClientExchange {
  readonly #peer: string;
  readonly #stream: ClientDuplexStream<Calls, Answers>;
  readonly #pending = new Map<number, Pending>();
  #queue: Call[] = [];
  #queuedBytes = 0;
  #lastId = 0;
  #isGreeted = false;
  #isEnding = false;
  #isClogged = false;

  /** Connects where and when the channel does, however long that takes. */
  constructor(client: Client, peer: string) {
    this.#peer = peer;
    this.#stream = client.makeBidiStreamRequest(
      METHOD.path,
      METHOD.requestSerialize,
      METHOD.responseDeserialize,
      new Metadata({ waitForReady: true }),
    );
    this.#stream.on('data', (answers: Answers) => this.#take(answers));
    this.#stream.on('drain', () => {
      this.#isClogged = false;
    });
    this.#stream.once('error', error => {
      this.#fail(
        isServiceError(error)
          ? error
          : { code: status.UNAVAILABLE, details: error.message, metadata: new Metadata() },
      );
    });
    this.#stream.once('end', () => {
      this.#fail({
        code: status.UNAVAILABLE,
        details: 'The stream ended before the answer.',
        metadata: new Metadata(),
      });
    });
  }

  /** Whether it takes a call of so many bytes now. */
  takes(bytes: number): boolean {
    return (
      this.#isGreeted &&
      !this.#isEnding &&
      !this.#isClogged &&
      this.#pending.size < MOST_UNDERWAY &&
      bytes <= LARGEST_CARRIED_BYTES
    );
  }

  /** How many calls wait for their answers. */
  get underway(): number {
    return this.#pending.size;
  }

  /** Whether it takes no more calls, for good. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** @returns gives the call up: it settles no more */
  send({ path, message, metadata, timeoutMs }: CarriedRequest, { resolve, reject }: Settle): () => void {
    this.#lastId = (this.#lastId + 1) >>> 0;
    const id = this.#lastId;
    const timer = setTimeout(() => {
      giveUp();
      reject(this.#errorOf({ code: status.DEADLINE_EXCEEDED, details: `${timeoutMs} ms have passed` }));
    }, timeoutMs);
    this.#pending.set(id, { resolve, reject, timer });
    this.#enqueue({ id, path, metadata, message, timeoutMs: Math.ceil(timeoutMs), cancelled: false });
    const giveUp = (): void => {
      if (this.#forget(id) !== undefined) this.#enqueue({ ...cancellation, id });
    };
    return giveUp;
  }

  close(): void {
    this.#isEnding = true;
    this.#stream.cancel();
  }

  #enqueue(call: Call): void {
    if (this.#queue.length === 0) setImmediate(() => this.#flush());
    this.#queue.push(call);
    this.#queuedBytes += call.message.length;
    if (this.#queuedBytes >= BATCH_BYTES || this.#queue.length === MOST_CALLS) this.#flush();
  }

  #flush(): void {
    const calls = this.#queue;
    if (calls.length === 0 || !this.#stream.writable) return;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (!this.#stream.write({ calls })) this.#isClogged = true;
    if (this.#isEnding) this.#stream.end();
  }

  #take({ answers, draining }: Answers): void {
    this.#isGreeted = true;
    for (const answer of answers) {
      const call = this.#forget(answer.id);
      if (call === undefined) continue;
      if (answer.status === 0) call.resolve(answer.message);
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the protocol's own numbers.
      else call.reject(this.#errorOf({ code: answer.status, details: answer.details }, answer));
    }
    if (!draining || this.#isEnding) return;
    this.#isEnding = true;
    // What is queued goes out first, and is still taken.
    if (this.#queue.length === 0) this.#stream.end();
  }

  #forget(id: number): Pending | undefined {
    const call = this.#pending.get(id);
    if (call === undefined) return undefined;
    clearTimeout(call.timer);
    this.#pending.delete(id);
    return call;
  }

  #fail(error: ReceivedError): void {
    this.#isEnding = true;
    for (const [id, { reject }] of this.#pending) {
      this.#forget(id);
      reject(fromServiceError(error, this.#peer));
    }
  }

  #errorOf({ code, details }: Pick<ReceivedError, 'code' | 'details'>, answer?: Answer): HoldfastError {
    const metadata = new Metadata();
    if (answer !== undefined && answer.statusDetails.length > 0)
      metadata.set(DETAILS_KEY, answer.statusDetails);
    return fromServiceError({ code, details, metadata }, this.#peer);
  }
}

const cancellation: Omit<Call, 'id'> = {
  path: '',
  metadata: {},
  message: Buffer.alloc(0),
  timeoutMs: 0,
  cancelled: true,
};
