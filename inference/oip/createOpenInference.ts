import { assertModel, isForModel } from '../../platform/access/assertModel.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { type BoundService, bindService } from '../../platform/grpc/bindService.ts';
import { holdfastVersion } from '../../platform/holdfastVersion.ts';
import { GRPCInferenceServiceService } from '../../proto/gen/inference/grpc_service.ts';
import type { LoadedModel } from '../LoadedModel.ts';
import type { ModelStore } from '../createModelStore.ts';
import type { PredictContext } from '../predict.ts';
import { configureModel, describeModel } from './describeModel.ts';
import { infer, inferStream } from './infer.ts';
import { readLoadRequest } from './readLoadRequest.ts';
import { toStatistics } from './toStatistics.ts';

// The Open Inference Protocol over the same store as PredictionService. Model names and versions mean what they mean there: a
// version is a number or an alias, none is Production.

/** Bytes behind JSON are the gateway's, which has the other half of the protocol. */
const EXTENSIONS = [
  'binary_tensor_data',
  'classification',
  'model_configuration',
  'model_repository',
  'statistics',
];

export function createOpenInference(context: PredictContext): BoundService {
  const { store } = context;
  return bindService(GRPCInferenceServiceService, {
    serverLive: async () => ({ live: true }),
    serverReady: async () => ({ ready: store.known() }),
    modelReady: async ({ name, version }, { principal }) => {
      assertModel(principal, name);
      return { ready: await store.ready(name, version) };
    },
    serverMetadata: async () => ({
      name: 'holdfast',
      version: holdfastVersion,
      extensions: EXTENSIONS,
    }),
    modelMetadata: async ({ name, version }, { principal }) => {
      assertModel(principal, name);
      return store.use(name, version, async loaded => describeModel(loaded, versionsOf(store, loaded)));
    },
    modelConfig: async ({ name, version }, { principal }) => {
      assertModel(principal, name);
      return store.use(name, version, async loaded => ({ config: configureModel(loaded) }));
    },
    modelInfer: (request, call) => infer(context, request, call),
    modelStreamInfer: (requests, call) => inferStream(context, requests, call),
    modelStatistics: async ({ name, version }, { principal }) => {
      if (name !== '') assertModel(principal, name);
      const asked = store
        .statistics()
        .filter(
          counted =>
            (name === '' ? isForModel(principal, counted.model) : counted.model === name) &&
            (version === '' || String(counted.version) === version),
        );
      if (asked.length === 0 && name !== '') throw noStatistics(name, version);
      return { modelStats: asked.map(toStatistics) };
    },
    repositoryIndex: async ({ ready }, { principal }) => ({
      models: (await store.index())
        .filter(each => (each.ready || !ready) && isForModel(principal, each.model))
        .map(each => ({
          name: each.model,
          version: String(each.version),
          state: each.ready ? 'READY' : 'UNAVAILABLE',
          reason: each.reason,
        })),
    }),
    repositoryModelLoad: async (request, { principal }) => {
      assertModel(principal, request.modelName);
      await store.load(request.modelName, readLoadRequest(request));
      return {};
    },
    repositoryModelUnload: async ({ modelName }, { principal }) => {
      assertModel(principal, modelName);
      await store.unload(modelName);
      return {};
    },
  });
}

const versionsOf = (store: ModelStore, { model }: LoadedModel): number[] =>
  store
    .loaded()
    .filter(each => each.model === model)
    .map(({ version }) => version)
    .toSorted((one, other) => one - other);

const noStatistics = (name: string, version: string): HoldfastError =>
  new HoldfastError(
    'notFound',
    `There are no statistics of ${name}${version === '' ? '' : ` version ${version}`}: this process has not loaded it. RepositoryIndex lists what there is.`,
  );
