import { once } from 'node:events';
import { Client, type ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { KEY_HEADER } from '../access/readSecret.ts';
import { type ChannelSecurity, plainChannels } from '../tls/channelSecurity.ts';
import { channelOptions } from './channelOptions.ts';
import { injectTrace } from './injectTrace.ts';
import { fromServiceError, isServiceError } from './fromServiceError.ts';
import type { MethodDefinition, RequestOf, ResponseOf, ServiceDefinition } from './ServiceImplementation.ts';

// A client of one service with promises: each call has a deadline, and fails with the HoldfastError that the server threw.

export interface GrpcClientOptions {
  /** host:port */
  readonly address: string;
  /** Who is called, for messages: `the inference server`. */
  readonly peer: string;
  /** An API key or a session's token, presented with every call. */
  readonly secret?: string;
  /** Of a call that gives none; default 30 s. Streams have none unless the call gives one. */
  readonly deadlineMs?: number;
  readonly maximumMessageBytes?: number;
  /** Default: plain HTTP/2. */
  readonly security?: ChannelSecurity;
  /** Clients of one address share a connection otherwise, and with it the process that answers. */
  readonly ownConnection?: boolean;
}

export interface CallOptions {
  readonly deadlineMs?: number;
  /** Its abort cancels the call, which then fails with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly metadata?: Metadata;
}

type ClientMethod<M extends MethodDefinition> = M['requestStream'] extends true
  ? M['responseStream'] extends true
    ? never
    : (requests: AsyncIterable<RequestOf<M>>, options?: CallOptions) => Promise<ResponseOf<M>>
  : M['responseStream'] extends true
    ? (request: RequestOf<M>, options?: CallOptions) => AsyncIterable<ResponseOf<M>>
    : (request: RequestOf<M>, options?: CallOptions) => Promise<ResponseOf<M>>;

/** The service's methods but those with streams both ways; streams are async iterables. */
export type GrpcClient<S extends ServiceDefinition> = {
  readonly [Method in keyof S]: ClientMethod<S[Method]>;
} & { close(): void };

const DEFAULT_DEADLINE_MS = 30_000;

export function createGrpcClient<S extends ServiceDefinition>(
  definition: S,
  options: GrpcClientOptions,
): GrpcClient<S>;
export function createGrpcClient(
  definition: ServiceDefinition,
  options: GrpcClientOptions,
): Record<string, (request: never, options?: CallOptions) => unknown> {
  const { credentials, options: security } = (options.security ?? plainChannels)(options.address);
  const client = new Client(options.address, credentials, {
    ...channelOptions,
    ...security,
    'grpc.max_receive_message_length': options.maximumMessageBytes ?? -1,
    'grpc.use_local_subchannel_pool': options.ownConnection === true ? 1 : 0,
  });
  const methods = Object.entries(definition)
    .filter(([, method]) => !(method.requestStream && method.responseStream))
    .map(([name, method]) => [
      name,
      method.requestStream
        ? (requests: AsyncIterable<unknown>, callOptions: CallOptions = {}) =>
            writeStream(client, method, requests, options, callOptions)
        : (request: unknown, callOptions: CallOptions = {}) =>
            method.responseStream
              ? readStream(client, method, request, options, callOptions)
              : callUnary(client, method, request, options, callOptions),
    ]);
  return { ...Object.fromEntries(methods), close: () => client.close() };
}

function callUnary(
  client: Client,
  method: MethodDefinition,
  request: unknown,
  options: GrpcClientOptions,
  { signal, metadata, deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS }: CallOptions,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const call = client.makeUnaryRequest(
      method.path,
      () => method.requestSerialize(request),
      bytes => method.responseDeserialize(bytes),
      request,
      injectTrace(present(options, metadata)),
      { deadline: Date.now() + deadlineMs },
      (error, response) => {
        signal?.removeEventListener('abort', cancel);
        if (error === null) resolve(response);
        else reject(signal?.aborted === true ? signal.reason : fromServiceError(error, peerOf(options)));
      },
    );
    const cancel = (): void => call.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

/** Sends as fast as it is read; a server that answers before the end is sent no more. */
function writeStream(
  client: Client,
  method: MethodDefinition,
  requests: AsyncIterable<unknown>,
  options: GrpcClientOptions,
  { signal, metadata, deadlineMs }: CallOptions,
): Promise<unknown> {
  signal?.throwIfAborted();
  const answered = Promise.withResolvers<unknown>();
  let isOver = false;
  const call = client.makeClientStreamRequest(
    method.path,
    (request: unknown) => method.requestSerialize(request),
    bytes => method.responseDeserialize(bytes),
    injectTrace(present(options, metadata)),
    deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs },
    (error, response) => {
      isOver = true;
      call.emit('drain');
      if (error === null) answered.resolve(response);
      else
        answered.reject(signal?.aborted === true ? signal.reason : fromServiceError(error, peerOf(options)));
    },
  );
  const cancel = (): void => call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  const write = async (): Promise<void> => {
    for await (const request of requests) {
      if (isOver) return;
      if (!call.write(request)) await once(call, 'drain');
    }
    call.end();
  };
  write().catch((error: unknown) => {
    // What could not be read here says more than that the call was cancelled for it.
    answered.reject(error);
    call.cancel();
  });
  return answered.promise.finally(() => signal?.removeEventListener('abort', cancel));
}

async function* readStream(
  client: Client,
  method: MethodDefinition,
  request: unknown,
  options: GrpcClientOptions,
  { signal, metadata, deadlineMs }: CallOptions,
): AsyncGenerator {
  signal?.throwIfAborted();
  const call: ClientReadableStream<unknown> = client.makeServerStreamRequest(
    method.path,
    () => method.requestSerialize(request),
    bytes => method.responseDeserialize(bytes),
    request,
    injectTrace(present(options, metadata)),
    deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs },
  );
  const cancel = (): void => call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    yield* call;
  } catch (error) {
    signal?.throwIfAborted();
    throw isServiceError(error) ? fromServiceError(error, peerOf(options)) : error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    call.cancel();
  }
}

function present({ secret }: GrpcClientOptions, given: Metadata = new Metadata()): Metadata {
  if (secret === undefined) return given;
  const metadata = given.clone();
  metadata.set(KEY_HEADER, secret);
  return metadata;
}

const peerOf = ({ peer, address }: GrpcClientOptions): string => `${peer} at ${address}`;
