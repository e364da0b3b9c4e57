import type { JsonObject } from '@bufbuild/protobuf';
import type { ModelInferResponse } from '../../proto/gen/inference/grpc_service.ts';
import type { Answer } from '../Codec.ts';
import { decodeData } from './decodeData.ts';

/**
 * The answer to an infer request: its outputs as `data`, or as bytes behind the JSON where they were asked for so. The header
 * Inference-Header-Content-Length then says where the JSON ends.
 */
export function writeInfer(
  { modelName, modelVersion, id, outputs, rawOutputContents }: ModelInferResponse,
  isBinary: (output: string) => boolean,
): Answer {
  const behind: Buffer[] = [];
  const json: JsonObject = {
    model_name: modelName,
    model_version: modelVersion,
    ...(id === '' ? {} : { id }),
    outputs: outputs.map(({ name, datatype, shape }, place) => {
      const raw = rawOutputContents[place];
      const tensor = { name, datatype, shape: shape.map(Number) };
      if (!isBinary(name)) return { ...tensor, data: decodeData(datatype, raw) };
      behind.push(raw);
      return { ...tensor, parameters: { binary_data_size: raw.length } };
    }),
  };
  if (behind.length === 0) return { kind: 'json', text: JSON.stringify(json), status: 200 };
  const head = Buffer.from(JSON.stringify(json));
  return {
    kind: 'body',
    contentType: 'application/octet-stream',
    data: Buffer.concat([head, ...behind]),
    headers: { 'inference-header-content-length': String(head.length) },
  };
}
