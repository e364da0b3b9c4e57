import { type ChannelOptions, Client, Metadata } from '@grpc/grpc-js';
import { channelOptions } from '../platform/grpc/channelOptions.ts';
import type { CarriedRequest, Settle } from '../platform/grpc/exchange/ClientExchange.ts';
import { type Carrier, createCarrier } from '../platform/grpc/exchange/createCarrier.ts';
import { fromServiceError, isServiceError } from '../platform/grpc/fromServiceError.ts';
import type { ChannelSecurity } from '../platform/tls/channelSecurity.ts';

// One server behind the gateway. Unary calls go many over one stream as soon as that is open (docs/decisions/0044-many-calls-over-one-stream.md); until then, and
// where they are large, each by itself.

/** So many that every process has one, in all likelihood: which of them answers is decided by the connection. */
const CONNECTIONS_A_PROCESS = 4;

export interface BackendServerOptions {
  readonly address: string;
  /** Who is called, for messages: `the inference server at 127.0.0.1:9000`. */
  readonly peer: string;
  /** How many processes share the address. */
  readonly processes: number;
  readonly security: ChannelSecurity;
}

export type StreamRequest = Omit<CarriedRequest, 'timeoutMs'> & { readonly timeoutMs: number | null };

export class BackendServer {
  readonly #peer: string;
  readonly #client: Client;
  readonly #carrier: Carrier;

  constructor({ address, peer, processes, security }: BackendServerOptions) {
    const connect = (more: ChannelOptions = {}): Client => {
      const { credentials, options } = security(address);
      return new Client(address, credentials, { ...channelOptions, ...options, ...more });
    };
    this.#peer = peer;
    this.#client = connect();
    this.#carrier = createCarrier({
      connect: () => connect({ 'grpc.use_local_subchannel_pool': 1 }),
      connections: processes === 1 ? 1 : processes * CONNECTIONS_A_PROCESS,
      peer,
    });
  }

  /** @returns gives the call up: nobody waits for its answer */
  unary(request: CarriedRequest, settle: Settle): () => void {
    const exchange = this.#carrier.pick(request.message.length);
    return exchange === null ? this.#callByItself(request, settle) : exchange.send(request, settle);
  }

  async *stream(
    { path, message, metadata, timeoutMs }: StreamRequest,
    signal: AbortSignal,
  ): AsyncGenerator<Buffer> {
    signal.throwIfAborted();
    const call = this.#client.makeServerStreamRequest<Buffer, Buffer>(
      path,
      identity,
      identity,
      message,
      toMetadata(metadata),
      timeoutMs === null ? {} : { deadline: Date.now() + timeoutMs },
    );
    const cancel = (): void => call.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      yield* call;
    } catch (error) {
      signal.throwIfAborted();
      throw isServiceError(error) ? fromServiceError(error, this.#peer) : error;
    } finally {
      signal.removeEventListener('abort', cancel);
      call.cancel();
    }
  }

  close(): void {
    this.#carrier.close();
    this.#client.close();
  }

  #callByItself(
    { path, message, metadata, timeoutMs }: CarriedRequest,
    { resolve, reject }: Settle,
  ): () => void {
    const call = this.#client.makeUnaryRequest<Buffer, Buffer>(
      path,
      identity,
      identity,
      message,
      toMetadata(metadata),
      { deadline: Date.now() + timeoutMs },
      (error, response) => {
        if (response !== undefined) resolve(response);
        else if (error !== null) reject(fromServiceError(error, this.#peer));
      },
    );
    return () => call.cancel();
  }
}

function toMetadata(headers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const name of Object.keys(headers)) metadata.set(name, headers[name]);
  return metadata;
}

const identity = (bytes: Buffer): Buffer => bytes;
