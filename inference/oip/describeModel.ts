import type {
  ModelMetadataResponse,
  ModelMetadataResponse_TensorMetadata,
} from '../../proto/gen/inference/grpc_service.ts';
import { DataType, type ModelConfig } from '../../proto/gen/inference/model_config.ts';
import { MAXIMUM_INSTANCES } from '../PredictCall.ts';
import type { LoadedModel } from '../LoadedModel.ts';
import { inputTensor, outputTensors, type TensorForm } from './tensors.ts';

// What a model says of itself to a foreign client: metadata by the protocol, configuration in Triton's words.

const PLATFORM = 'onnxruntime_onnx';
const BACKEND = 'onnxruntime';

const toMetadata = ({ name, datatype, width }: TensorForm): ModelMetadataResponse_TensorMetadata => ({
  name,
  datatype,
  shape: [-1n, BigInt(width)],
});

/** @param versions those in memory, the oldest first */
export function describeModel(loaded: LoadedModel, versions: readonly number[]): ModelMetadataResponse {
  const { model, version, digest, metadata } = loaded;
  return {
    name: model,
    versions: versions.map(String),
    platform: PLATFORM,
    inputs: metadata.inputs.map(input => toMetadata(inputTensor(input))),
    outputs: outputTensors.map(toMetadata),
    properties: {
      version: String(version),
      digest,
      trainer: metadata.trainer,
      threshold: String(metadata.threshold),
      positive_label: metadata.label.positive,
      negative_label: metadata.label.negative,
    },
  };
}

const dataTypes = { FP32: DataType.TYPE_FP32, BYTES: DataType.TYPE_STRING } as const;

const toConfig = ({ name, datatype, width }: TensorForm) => ({
  name,
  dataType: dataTypes[datatype],
  dims: [BigInt(width)],
});

export const configureModel = ({ model, version, metadata }: LoadedModel): ModelConfig => ({
  name: model,
  platform: PLATFORM,
  versionPolicy: {
    policyChoice: { $case: 'specific', value: { versions: [BigInt(version)] } },
  },
  maxBatchSize: MAXIMUM_INSTANCES,
  input: metadata.inputs.map(input => toConfig(inputTensor(input))),
  output: outputTensors.map(toConfig),
  backend: BACKEND,
});
