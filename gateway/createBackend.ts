import type { DescMethod } from '@bufbuild/protobuf';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { type ChannelSecurity, plainChannels } from '../platform/tls/channelSecurity.ts';
import { createGrpcClient } from '../platform/grpc/createGrpcClient.ts';
import { traceHeaders } from '../platform/grpc/injectTrace.ts';
import { HealthCheckResponse_ServingStatus, HealthService } from '../proto/gen/grpc/health/v1/health.ts';
import { BackendServer } from './BackendServer.ts';

// The gRPC side of the gateway: a request's bytes in, the response's bytes out. Which server has a method is decided here.

export interface BackendAddresses {
  readonly inference: string;
  readonly control: string;
  /** How many processes share the address of inference. Default 1. */
  readonly inferenceProcesses?: number;
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
  { inference, control, inferenceProcesses = 1 }: BackendAddresses,
  security: ChannelSecurity = plainChannels,
): Backend {
  const reach = (server: string, address: string, processes: number): BackendServer =>
    new BackendServer({ address, peer: `the ${server} server at ${address}`, processes, security });
  const servers = {
    inference: reach('inference', inference, inferenceProcesses),
    control: reach('control', control, 1),
  };
  const health = createGrpcClient(HealthService, {
    address: inference,
    peer: 'the inference server',
    security,
    deadlineMs: HEALTH_DEADLINE_MS,
  });
  const targets = new WeakMap<DescMethod, Target>();
  const targetOf = (method: DescMethod): Target => {
    const known = targets.get(method);
    if (known !== undefined) return known;
    const server = servers[inferenceServices.has(method.parent.typeName) ? 'inference' : 'control'];
    const target = { server, path: `/${method.parent.typeName}/${method.name}` };
    targets.set(method, target);
    return target;
  };
  return {
    unary: (method, message, { headers, signal, timeoutMs }) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const { server, path } = targetOf(method);
        const ended = (): void => signal.removeEventListener('abort', cancel);
        const giveUp = server.unary(
          {
            path,
            message,
            metadata: traceHeaders(headers),
            timeoutMs: Math.min(timeoutMs ?? UNARY_DEADLINE_MS, UNARY_DEADLINE_MS),
          },
          {
            resolve: response => {
              ended();
              resolve(response);
            },
            reject: error => {
              ended();
              reject(error);
            },
          },
        );
        const cancel = (): void => {
          giveUp();
          reject(signal.reason);
        };
        signal.addEventListener('abort', cancel, { once: true });
      }),
    stream: (method, message, { headers, signal, timeoutMs }) => {
      const { server, path } = targetOf(method);
      return server.stream({ path, message, metadata: traceHeaders(headers), timeoutMs }, signal);
    },
    assertServing: async () => {
      const { status } = await health.check({ service: PREDICTION_SERVICE });
      if (status !== HealthCheckResponse_ServingStatus.SERVING)
        throw new HoldfastError(
          'unavailable',
          `The inference server at ${inference} does not know its models yet. Try again shortly.`,
        );
    },
    close: () => {
      for (const each of [servers.inference, servers.control, health]) each.close();
    },
  };
}

interface Target {
  readonly server: BackendServer;
  /** As `/holdfast.v1.PredictionService/Predict`. */
  readonly path: string;
}
