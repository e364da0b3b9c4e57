import assert from 'node:assert/strict';
import { type BoundService, bindService } from '../../platform/grpc/bindService.ts';
import type { CallContext } from '../../platform/grpc/CallContext.ts';
import {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
} from '../../platform/grpc/createGrpcServer.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { PredictionServiceService, type PredictRequest } from '../../proto/gen/holdfast/v1/prediction.ts';
import { collectLogs, type LogLine } from './collectLogs.ts';
import { letsAllIn } from './testAccess.ts';

// A gRPC server of ours over the handlers of a test.

export interface StartedServer {
  readonly server: GrpcServer;
  readonly address: string;
  readonly logs: LogLine[];
}

type TestServerOptions = Partial<
  Pick<GrpcServerOptions, 'drainMs' | 'authorizer' | 'observers' | 'maximumMessageBytes'>
> & {
  readonly port?: number;
};

export async function withGrpcServer<T>(
  services: readonly BoundService[],
  test: (started: StartedServer) => Promise<T>,
  options: TestServerOptions = {},
): Promise<T> {
  const started = await startGrpcServer(services, options);
  try {
    return await test(started);
  } finally {
    await started.server.close();
  }
}

/** For tests that share it, who close it. */
export async function startGrpcServer(
  services: readonly BoundService[],
  { port: asked = 0, ...others }: TestServerOptions = {},
): Promise<StartedServer> {
  const { logger, lines } = collectLogs();
  const server = createGrpcServer({
    descriptors: readDescriptors(),
    services,
    authorizer: letsAllIn,
    logger,
    ...others,
  });
  const port = await server.listen({ host: '127.0.0.1', port: asked });
  return { server, address: `127.0.0.1:${port}`, logs: lines };
}

/** Predict alone, by a handler that says which model answered. */
export const predictionBy = (
  handle: (request: PredictRequest, context: CallContext) => Promise<{ model: string }>,
): BoundService =>
  bindService(
    { predict: PredictionServiceService.predict },
    {
      predict: async (request, context) => ({
        ...(await handle(request, context)),
        modelVersion: 1,
        predictionId: 'id',
        arm: '',
        threshold: 0.5,
        predictions: [],
        probabilities: [],
      }),
    },
  );

export async function failureOf(call: Promise<unknown>): Promise<HoldfastError> {
  const error: unknown = await call.then(
    answer => assert.fail(`expected a failure, got ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HoldfastError, String(error));
  return error;
}
