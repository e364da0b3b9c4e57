import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { HoldfastError } from '../HoldfastError.ts';
import type { ServerSecurity } from '../tls/serverSecurity.ts';
import type { Authorizer } from './Authorizer.ts';
import type { BoundMethod, BoundService } from './bindService.ts';
import type { CallContext } from './CallContext.ts';
import { type CallBegun, type CallEnded, type CallObserver, describeMethod } from './CallObserver.ts';
import { createHandshakeLog } from './createHandshakeLog.ts';
import { createHealth } from './createHealth.ts';
import { createReflection } from './createReflection.ts';
import { createExchange } from './exchange/createExchange.ts';
import { createStreamHandler, createUnaryHandler, type GuardedMethod } from './createHandler.ts';
import { createHttp2Server, type Http2Server } from './http2/createHttp2Server.ts';
import { beginCall } from './http2/beginCall.ts';
import { OpenStreams } from './OpenStreams.ts';
import type { CallStatus, StreamHandler, UnaryHandler } from './ServerCall.ts';
import { toStatus } from './toStatus.ts';

// What every gRPC server of Holdfast has in common: callers admitted, errors mapped once, malformed messages refused, health,
// reflection, calls within a stream, a clear word about a taken port, and a drain that ends.

export interface GrpcLogger {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export interface GrpcServerOptions {
  readonly descriptors: FileDescriptorSet;
  readonly services: readonly BoundService[];
  /** Decides of every call, health and reflection included, whether it may be made. */
  readonly authorizer: Authorizer;
  readonly logger: GrpcLogger;
  /** Default: plain HTTP/2. */
  readonly security?: ServerSecurity | null;
  /** Told of the end of every call, in this order. */
  readonly observers?: readonly CallObserver[];
  /** Largest request taken; a larger one answers RESOURCE_EXHAUSTED. Default 32 MiB. */
  readonly maximumMessageBytes?: number;
  /** A connection that says nothing for so long is asked, and closed where it does not answer. Default 60 s. */
  readonly keepaliveMs?: number;
  /** How long close() waits for calls under way before it cuts them off. Default 10 s. */
  readonly drainMs?: number;
}

export interface GrpcServer {
  /**
   * Binds and serves. Health stays NOT_SERVING until setServing(true).
   * @param portVariable the setting that moves the port, for the message where it is taken
   * @returns the port bound: the one asked for, or a free one for 0
   * @throws HoldfastError failedPrecondition where the address cannot be bound
   */
  listen(address: { host: string; port: number; portVariable?: string }): Promise<number>;
  /** Health of one service (`holdfast.v1.PredictionService`), or of all and the whole server. */
  setServing(serving: boolean, service?: string): void;
  /** NOT_SERVING, no new calls, those under way end within the bound. May be called again; never throws. */
  close(): Promise<void>;
}

const DEFAULT_MESSAGE_BYTES = 32 * 1024 * 1024;
const DEFAULT_KEEPALIVE_MS = 60_000;
const DEFAULT_DRAIN_MS = 10_000;
const TOLD_WITHIN_MS = 500;

export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { descriptors, services, authorizer, logger } = options;
  const health = createHealth(services.map(({ name }) => name));
  const unary = new Map<string, UnaryHandler>();
  const streaming = new Map<string, StreamHandler>();
  const exchange = createExchange(unary);
  const shown = [...services, health.service, exchange.service];
  const reflection = createReflection(
    descriptors,
    shown.map(({ name }) => name),
  );
  const observers = options.observers ?? [];
  const streams = new OpenStreams();
  for (const service of [...shown, ...reflection])
    for (const method of service.methods) {
      const { path, requestStream, responseStream } = method.definition;
      const guarded: GuardedMethod = {
        ...method,
        guard: authorizer.guard(path),
        toStatus: (error, context) => report(error, context, logger),
        ended: endedFor(method, observers),
        streams,
        begun: begunFor(method, observers),
      };
      if (requestStream || responseStream) streaming.set(path, createStreamHandler(guarded));
      else unary.set(path, createUnaryHandler(guarded));
    }
  const server = createHttp2Server({
    begin: beginCall({
      unary,
      streaming,
      maximumBytes: options.maximumMessageBytes ?? DEFAULT_MESSAGE_BYTES,
    }),
    security: options.security ?? null,
    keepaliveMs: options.keepaliveMs ?? DEFAULT_KEEPALIVE_MS,
    onHandshakeFailed: createHandshakeLog(logger),
    onError: error => logger.error({ err: error }, 'The port of the gRPC server fails.'),
  });

  const begin = (): void => {
    health.close();
    exchange.drain();
  };
  let closing: Promise<void> | null = null;
  return {
    listen: address => listen(server, address),
    setServing: health.setServing,
    close: () => {
      closing ??= drain(server, streams, begin, options.drainMs ?? DEFAULT_DRAIN_MS, logger);
      return closing;
    },
  };
}

function endedFor({ definition }: BoundMethod, observers: readonly CallObserver[]): CallEnded {
  const told = observers.map(observer => observer.observe(describeMethod(definition)));
  return (code, ms, context) => {
    for (const ended of told) ended(code, ms, context);
  };
}

const begunFor = ({ definition }: BoundMethod, observers: readonly CallObserver[]): CallBegun[] =>
  observers.flatMap(observer => observer.around?.(describeMethod(definition)) ?? []);

/** The status of what a handler threw. What is not meant for the caller goes to the log under a reference. */
function report(error: unknown, context: CallContext, logger: GrpcLogger): CallStatus {
  if (error instanceof HoldfastError) {
    if (error.code === 'internal' || (error.code === 'unavailable' && error.cause !== undefined))
      logger.error({ method: context.method, err: error }, 'A call failed.');
    return toStatus(error);
  }
  if (context.cancelled) return { code: status.CANCELLED, details: 'cancelled', packed: null };
  const reference = randomUUID();
  logger.error({ method: context.method, reference, err: error }, 'A call failed unexpectedly.');
  const neutral = new HoldfastError(
    'internal',
    `The server failed unexpectedly. Its log holds the cause under the reference ${reference}.`,
  );
  return toStatus(neutral);
}

async function listen(
  server: Http2Server,
  { host, port, portVariable }: { host: string; port: number; portVariable?: string },
): Promise<number> {
  try {
    return await server.listen(host, port);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new HoldfastError(
      'failedPrecondition',
      message.includes('EADDRINUSE')
        ? `Port ${port} of ${host} is taken by another process. Stop that process, or set ${portVariable === undefined ? 'another port' : `${portVariable} to a free port`}.`
        : `Cannot listen on ${host.includes(':') ? `[${host}]` : host}:${port}: ${message}. Check HOLDFAST_BIND and ${portVariable ?? 'the port'}.`,
      { cause },
    );
  }
}

async function drain(
  server: Http2Server,
  streams: OpenStreams,
  begin: () => void,
  drainMs: number,
  logger: GrpcLogger,
): Promise<void> {
  begin();
  const ended = server.close().then(() => true);
  if (!(await Promise.race([ended, sleep(drainMs, false, { ref: false })]))) {
    const cut = streams.cutAll(drainMs);
    logger.warn({ drainMs, streams: cut }, 'Calls were cut off because they did not end in time.');
    // Until what their callers are told has reached them.
    if (cut > 0) await Promise.race([ended, sleep(TOLD_WITHIN_MS)]);
  }
  server.destroy();
}
