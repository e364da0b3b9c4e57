import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, ServerCredentials, type ServerErrorResponse, setLogger, status } from '@grpc/grpc-js';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { HoldfastError } from '../HoldfastError.ts';
import type { Authorizer } from './Authorizer.ts';
import type { BoundMethod, BoundService } from './bindService.ts';
import type { CallContext } from './CallContext.ts';
import { type CallBegun, type CallEnded, type CallObserver, describeMethod } from './CallObserver.ts';
import { createHealth } from './createHealth.ts';
import { createReflection } from './createReflection.ts';
import { createExchange } from './exchange/createExchange.ts';
import type { UnaryHandler } from './exchange/Underway.ts';
import { OpenStreams } from './OpenStreams.ts';
import { registerMethod } from './registerMethod.ts';
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
  readonly credentials?: ServerCredentials;
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
const KEEPALIVE_ANSWER_MS = 20_000;
const DEFAULT_DRAIN_MS = 10_000;
const TOLD_WITHIN_MS = 500;

export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const { descriptors, services, authorizer, logger } = options;
  // grpc-js writes to the console by itself, also what listen() and the calls report in our own words.
  setLogger({ error: (...words: unknown[]) => logger.debug({ words }, 'The gRPC library reports.') });
  const server = new Server({
    'grpc.max_receive_message_length': options.maximumMessageBytes ?? DEFAULT_MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': options.keepaliveMs ?? DEFAULT_KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_ANSWER_MS,
  });
  const health = createHealth(services.map(({ name }) => name));
  const carriable = new Map<string, UnaryHandler>();
  const exchange = createExchange(carriable);
  const shown = [...services, health.service, exchange.service];
  const reflection = createReflection(
    descriptors,
    shown.map(({ name }) => name),
  );
  const toServerError = (error: unknown, context: CallContext) => report(error, context, logger);
  const streams = new OpenStreams();
  for (const service of [...shown, ...reflection])
    for (const method of service.methods) {
      const { path } = method.definition;
      const handler = registerMethod(server, {
        ...method,
        guard: authorizer.guard(path),
        toServerError,
        ended: endedFor(method, options.observers ?? []),
        streams,
        begun: begunFor(method, options.observers ?? []),
      });
      if (handler !== null) carriable.set(path, handler);
    }

  const begin = (): void => {
    health.close();
    exchange.drain();
  };
  let closing: Promise<void> | null = null;
  return {
    listen: address => listen(server, options.credentials ?? ServerCredentials.createInsecure(), address),
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
function report(error: unknown, context: CallContext, logger: GrpcLogger): ServerErrorResponse {
  if (error instanceof HoldfastError) {
    if (error.code === 'internal' || (error.code === 'unavailable' && error.cause !== undefined))
      logger.error({ method: context.method, err: error }, 'A call failed.');
    return Object.assign(new Error(error.message), toStatus(error));
  }
  if (context.cancelled)
    return Object.assign(new Error('cancelled'), { code: status.CANCELLED, details: 'cancelled' });
  const reference = randomUUID();
  logger.error({ method: context.method, reference, err: error }, 'A call failed unexpectedly.');
  const neutral = new HoldfastError(
    'internal',
    `The server failed unexpectedly. Its log holds the cause under the reference ${reference}.`,
  );
  return Object.assign(new Error(neutral.message), toStatus(neutral));
}

function listen(
  server: Server,
  credentials: ServerCredentials,
  { host, port, portVariable }: { host: string; port: number; portVariable?: string },
): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (cause, bound) => {
      if (cause === null) return resolve(bound);
      const remedy = portVariable === undefined ? 'another port' : `${portVariable} to a free port`;
      const message = cause.message.includes('EADDRINUSE')
        ? `Port ${port} of ${host} is taken by another process. Stop that process, or set ${remedy}.`
        : `Cannot listen on ${address}: ${cause.message}. Check HOLDFAST_BIND and ${portVariable ?? 'the port'}.`;
      reject(new HoldfastError('failedPrecondition', message, { cause }));
    });
  });
}

async function drain(
  server: Server,
  streams: OpenStreams,
  begin: () => void,
  drainMs: number,
  logger: GrpcLogger,
): Promise<void> {
  begin();
  const ended = new Promise<true>(resolve => server.tryShutdown(() => resolve(true)));
  if (!(await Promise.race([ended, sleep(drainMs, false, { ref: false })]))) {
    const cut = streams.cutAll(drainMs);
    logger.warn({ drainMs, streams: cut }, 'Calls were cut off because they did not end in time.');
    // Until what their callers are told has reached them.
    if (cut > 0) await Promise.race([ended, sleep(TOLD_WITHIN_MS)]);
  }
  server.forceShutdown();
}
