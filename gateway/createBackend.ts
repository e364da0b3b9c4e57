import type { DescMethod } from '@bufbuild/protobuf';
import { Client, Metadata } from '@grpc/grpc-js';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { type ChannelSecurity, plainChannels } from '../platform/tls/channelSecurity.ts';
import { createGrpcClient } from '../platform/grpc/createGrpcClient.ts';
import { injectTrace } from '../platform/grpc/injectTrace.ts';
import { channelOptions } from '../platform/grpc/channelOptions.ts';
import { fromServiceError, isServiceError } from '../platform/grpc/fromServiceError.ts';
import { HealthCheckResponse_ServingStatus, HealthService } from '../proto/gen/grpc/health/v1/health.ts';

// The gRPC side of the gateway: a request's bytes in, the response's bytes out. Nothing is kept but one channel a server.

export interface BackendAddresses {
  readonly inference: string;
  readonly control: string;
}

/** Headers of a request that say something to the server behind, by name. */
export type ForwardedHeaders = Readonly<Record<string, string>>;

export interface BackendCall {
  /** Forwarded as metadata. */
  readonly headers: ForwardedHeaders;
  readonly signal: AbortSignal;
  /** How long the caller waits; null: as long as the method takes. */
  readonly timeoutMs: number | null;
}

/** Every call fails with the HoldfastError that the server threw, or `unavailable` where it does not answer. */
export interface Backend {
  unary(method: DescMethod, request: Buffer, options: BackendCall): Promise<Buffer>;
  /** Without a deadline, unless the call has one: it may go on for hours. */
  stream(method: DescMethod, request: Buffer, options: BackendCall): AsyncIterable<Buffer>;
  /** Returns where the inference server answers predictions. @throws HoldfastError unavailable */
  assertServing(): Promise<void>;
  close(): void;
}

/** Longer than any method takes: a promotion waits for every inference process, and control cuts it off at 170 s. */
const UNARY_DEADLINE_MS = 180_000;
const HEALTH_DEADLINE_MS = 1000;
const PREDICTION_SERVICE = 'holdfast.v1.PredictionService';
/** The services of the inference process; all others are control's. */
const inferenceServices: ReadonlySet<string> = new Set([
  PREDICTION_SERVICE,
  'inference.GRPCInferenceService',
]);

export function createBackend(
  addresses: BackendAddresses,
  security: ChannelSecurity = plainChannels,
): Backend {
  const connect = (address: string): Client => {
    const { credentials, options } = security(address);
    return new Client(address, credentials, { ...channelOptions, ...options });
  };
  const clients = { inference: connect(addresses.inference), control: connect(addresses.control) };
  const health = createGrpcClient(HealthService, {
    address: addresses.inference,
    peer: 'the inference server',
    security,
    deadlineMs: HEALTH_DEADLINE_MS,
  });
  const target = (method: DescMethod) => {
    const server = inferenceServices.has(method.parent.typeName) ? 'inference' : 'control';
    return {
      client: clients[server],
      peer: `the ${server} server at ${addresses[server]}`,
      path: `/${method.parent.typeName}/${method.name}`,
    };
  };
  return {
    unary: (method, request, { headers, signal, timeoutMs }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const { client, peer, path } = target(method);
        const call = client.makeUnaryRequest(
          path,
          identity,
          identity,
          request,
          toMetadata(headers),
          { deadline: Date.now() + Math.min(timeoutMs ?? UNARY_DEADLINE_MS, UNARY_DEADLINE_MS) },
          (error, response) => {
            signal.removeEventListener('abort', cancel);
            if (response !== undefined) resolve(response);
            else if (signal.aborted) reject(signal.reason);
            else if (error !== null) reject(fromServiceError(error, peer));
          },
        );
        const cancel = (): void => call.cancel();
        signal.addEventListener('abort', cancel, { once: true });
      }),
    async *stream(method, request, { headers, signal, timeoutMs }) {
      signal.throwIfAborted();
      const { client, peer, path } = target(method);
      const call = client.makeServerStreamRequest<Buffer, Buffer>(
        path,
        identity,
        identity,
        request,
        toMetadata(headers),
        timeoutMs === null ? {} : { deadline: Date.now() + timeoutMs },
      );
      const cancel = (): void => call.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        yield* call;
      } catch (error) {
        signal.throwIfAborted();
        throw isServiceError(error) ? fromServiceError(error, peer) : error;
      } finally {
        signal.removeEventListener('abort', cancel);
        call.cancel();
      }
    },
    assertServing: async () => {
      const { status } = await health.check({ service: PREDICTION_SERVICE });
      if (status !== HealthCheckResponse_ServingStatus.SERVING)
        throw new HoldfastError(
          'unavailable',
          `The inference server at ${addresses.inference} does not know its models yet. Try again shortly.`,
        );
    },
    close: () => {
      for (const client of [clients.inference, clients.control, health]) client.close();
    },
  };
}

function toMetadata(headers: ForwardedHeaders): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return injectTrace(metadata);
}

const identity = (bytes: Buffer): Buffer => bytes;
