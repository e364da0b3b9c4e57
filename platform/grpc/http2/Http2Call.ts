import {
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { status } from '@grpc/grpc-js';
import { HoldfastError } from '../../HoldfastError.ts';
import type { CallStatus, StreamCall, UnaryCall } from '../ServerCall.ts';
import { notOne } from '../notOne.ts';
import { DETAILS_KEY } from '../toStatus.ts';
import { ACCEPTED_ENCODINGS, decompress } from './decompress.ts';
import { frameMessage } from './frameMessage.ts';
import { HeaderMetadata } from './HeaderMetadata.ts';
import { MessageReader, type PrefixedMessage } from './MessageReader.ts';
import { readTimeoutMs } from './readTimeoutMs.ts';

// A call that is one stream of HTTP/2, by gRPC's own description of that (grpc/doc/PROTOCOL-HTTP2.md): headers, prefixed
// messages, and a status in trailers. Whatever becomes of it, it ends once.

export interface Http2CallOptions {
  readonly peer: string;
  /** Of a message, unpacked or not. */
  readonly maximumBytes: number;
}

/** A timer takes no more; a deadline that is further away is only told. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const LEAVE_AFTER_MS = 1000;

const answerHeaders: OutgoingHttpHeaders = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': ACCEPTED_ENCODINGS,
};
const okTrailers: OutgoingHttpHeaders = { 'grpc-status': '0' };
const withTrailers = { waitForTrailers: true };

export class Http2Call implements UnaryCall, StreamCall {
  readonly path: string;
  readonly metadata: HeaderMetadata;
  readonly peer: string;
  readonly deadline: number = Number.POSITIVE_INFINITY;
  readonly #stream: ServerHttp2Stream;
  readonly #encoding: string | undefined;
  readonly #maximumBytes: number;
  /** Of the deadline, then of what remains to be read. */
  #timer: NodeJS.Timeout | undefined;
  #trailers = okTrailers;
  #isOver = false;
  #isCancelled = false;
  #cancelListeners: (() => void)[] = [];

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    { peer, maximumBytes }: Http2CallOptions,
  ) {
    this.path = headers[':path'] ?? '';
    this.metadata = new HeaderMetadata(headers);
    this.peer = peer;
    this.#stream = stream;
    this.#maximumBytes = maximumBytes;
    this.#encoding = textOf(headers['grpc-encoding']);
    // That the caller went away is told by the end of the stream.
    stream.on('error', ignore);
    stream.once('close', () => this.#close());
    const timeout = textOf(headers['grpc-timeout']);
    if (timeout === undefined) return;
    const timeoutMs = readTimeoutMs(timeout);
    if (timeoutMs === null) {
      this.fail({
        code: status.INVALID_ARGUMENT,
        details: `grpc-timeout is ${JSON.stringify(timeout)}; expected up to eight digits and one of H, M, S, m, u, n.`,
        packed: null,
      });
      return;
    }
    this.deadline = Date.now() + timeoutMs;
    // A timer counts whole milliseconds and may be one early, by this clock.
    const expiresMs = Math.ceil(timeoutMs) + 1;
    if (expiresMs <= LONGEST_TIMER_MS) this.#timer = setTimeout(() => this.#expire(), expiresMs);
  }

  /** Whether it has its status. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get cancelled(): boolean {
    return this.#isCancelled || this.#stream.aborted || this.#stream.destroyed;
  }

  onCancelled(listener: () => void): void {
    this.#cancelListeners.push(listener);
  }

  read(): Promise<Buffer> {
    // It may be, by when it is known who calls: of a stream that has ended nothing more would be heard.
    if (this.cancelled) throw gone();
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const reader = new MessageReader(this.#maximumBytes);
    const stream = this.#stream;
    let message: PrefixedMessage | null = null;
    let count = 0;
    const refuse = (error: unknown): void => {
      stream.off('data', take).resume();
      reject(error);
    };
    const take = (piece: Buffer): void => {
      try {
        for (const next of reader.push(piece)) {
          message ??= next;
          count++;
        }
      } catch (error) {
        refuse(error);
      }
    };
    stream.on('data', take);
    stream.once('end', () => {
      if (this.cancelled) reject(gone());
      else if (reader.isInside) reject(cutOff());
      else if (message === null || count > 1) reject(notOne(count));
      else resolve(this.#unpack(message));
    });
    this.onCancelled(() => reject(gone()));
    return promise;
  }

  async *messages(): AsyncGenerator<Buffer> {
    const reader = new MessageReader(this.#maximumBytes);
    // Not destroyed by whoever stops reading: the status of the call has yet to go out.
    for await (const piece of this.#stream.iterator({ destroyOnReturn: false }))
      for (const message of reader.push(piece)) yield await this.#unpack(message);
    // A stream that was given up, or left from here, ends like one that was finished.
    if (this.cancelled || this.#isOver) throw gone();
    if (reader.isInside) throw cutOff();
  }

  answer(message: Buffer): void {
    if (!this.#finish()) return;
    this.#respond();
    this.#stream.end(frameMessage(message));
  }

  write(message: Buffer): boolean {
    if (this.#isOver || this.cancelled) return true;
    if (!this.#stream.headersSent) this.#respond();
    return this.#stream.write(frameMessage(message));
  }

  drained(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        this.#stream.off('drain', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#stream.on('drain', done);
      signal.addEventListener('abort', done);
      if (signal.aborted || !this.#stream.writableNeedDrain) done();
    });
  }

  end(): void {
    this.#endWith(okTrailers);
  }

  fail({ code, details, packed }: CallStatus): void {
    this.#endWith({
      'grpc-status': String(code),
      'grpc-message': encodeURI(details.toWellFormed()),
      ...(packed === null ? {} : { [DETAILS_KEY]: packed.toString('base64') }),
    });
  }

  #unpack({ compressed, bytes }: PrefixedMessage): Buffer | Promise<Buffer> {
    return compressed ? decompress(bytes, this.#encoding, this.#maximumBytes) : bytes;
  }

  #respond(): void {
    this.#stream.once('wantTrailers', () => {
      this.#stream.sendTrailers(this.#trailers);
      this.#leave();
    });
    this.#stream.respond(answerHeaders, withTrailers);
  }

  #endWith(trailers: OutgoingHttpHeaders): void {
    if (!this.#finish()) return;
    if (this.#stream.headersSent) {
      this.#trailers = trailers;
      this.#stream.end();
      return;
    }
    this.#stream.respond({ ...answerHeaders, ...trailers }, { endStream: true });
    this.#leave();
  }

  /**
   * What else comes is not wanted, and must not stand in the way of other streams. A caller that goes on is told to stop, but not
   * at once: a reset overtakes a status that is still on its way.
   */
  #leave(): void {
    const stream = this.#stream;
    if (stream.readableEnded) return;
    stream.resume();
    this.#timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), LEAVE_AFTER_MS);
  }

  /** @returns whether there is somebody to answer, for the first time */
  #finish(): boolean {
    if (this.#isOver || this.cancelled) return false;
    this.#isOver = true;
    clearTimeout(this.#timer);
    return true;
  }

  #expire(): void {
    this.fail({ code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded', packed: null });
    this.#cancel();
  }

  #close(): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#cancel();
  }

  #cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    for (const listener of this.#cancelListeners) listener();
    this.#cancelListeners = [];
  }
}

const ignore = (): void => undefined;

const textOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : header?.[0];

const gone = (): Error => new Error('The caller went away.');

const cutOff = (): HoldfastError =>
  new HoldfastError('invalidArgument', 'The request ends in the middle of a message.');
