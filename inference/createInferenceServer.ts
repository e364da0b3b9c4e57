import type { Logger } from '../observability/createLogger.ts';
import { bindService } from '../platform/grpc/bindService.ts';
import {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
} from '../platform/grpc/createGrpcServer.ts';
import { readDescriptors } from '../platform/grpc/readDescriptors.ts';
import { PredictionServiceService } from '../proto/gen/holdfast/v1/prediction.ts';
import type { ModelStore } from './createModelStore.ts';
import { decodeExplainCall, decodePredictCall } from './PredictCall.ts';
import { shorten } from '../platform/shorten.ts';
import { explain } from './explanation/explain.ts';
import type { Shadows } from './experiments/createShadows.ts';
import type { PredictionCounts } from './metrics/PredictionCounts.ts';
import { createOpenInference } from './oip/createOpenInference.ts';
import { type PredictContext, predict } from './predict.ts';
import { predictStream } from './predictStream.ts';
import type { PredictionLog } from './spool/openSpool.ts';
import { submit } from './submit.ts';

export interface InferenceServerOptions {
  readonly store: ModelStore;
  readonly log: Pick<PredictionLog, 'append'>;
  readonly shadows: Pick<Shadows, 'run'>;
  readonly stickyHeader: string;
  readonly counts: PredictionCounts;
  readonly authorizer: GrpcServerOptions['authorizer'];
  readonly observers?: GrpcServerOptions['observers'];
  readonly logger: Logger;
  /** The model of requests that name none. */
  readonly defaultModel: string;
  readonly connections?: Pick<GrpcServerOptions, 'maximumMessageBytes' | 'keepaliveMs' | 'security'>;
}

/** Less than the ten seconds after which a process that was asked to stop ends anyhow. */
const DRAIN_MS = 8000;

const service = {
  ...PredictionServiceService,
  predict: { ...PredictionServiceService.predict, requestDeserialize: decodePredictCall },
  predictStream: { ...PredictionServiceService.predictStream, requestDeserialize: decodePredictCall },
  explain: { ...PredictionServiceService.explain, requestDeserialize: decodeExplainCall },
};

/** The inference services over a model store, not yet listening: what tests and bin/inference.ts start. */
export function createInferenceServer(options: InferenceServerOptions): GrpcServer {
  const { store, log, shadows, counts, stickyHeader, logger, defaultModel, connections } = options;
  const context: PredictContext = {
    store,
    log,
    shadows,
    counts,
    stickyHeader,
    defaultModel,
    onUnseenLevel: ({ model, version }, column, example) =>
      logger.warn(
        { model, version, column, example: shorten(example, 60) },
        'A level that training did not meet was scored; more of this column are only counted.',
      ),
  };
  return createGrpcServer({
    descriptors: readDescriptors(),
    services: [
      bindService(service, {
        predict: (request, call) => predict(context, request, call),
        predictStream: (requests, call) => predictStream(context, requests, call),
        explain: (request, call) => explain(context, request, call),
        submit: (request, call) => submit(context, request, call),
      }),
      createOpenInference(context),
    ],
    logger,
    authorizer: options.authorizer,
    observers: options.observers,
    ...connections,
    drainMs: DRAIN_MS,
  });
}
