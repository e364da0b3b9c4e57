import { Tensor } from 'onnxruntime-node';
import type { ModelInferRequest } from '../../proto/gen/inference/grpc_service.ts';

/** The tensors of a request with raw contents, as the model file takes them. */
export const rawFeeds = ({ inputs, rawInputContents }: ModelInferRequest): Record<string, Tensor> =>
  Object.fromEntries(
    inputs.map(({ name, datatype, shape }, index) => {
      const bytes = rawInputContents[index];
      const dimensions = shape.map(Number);
      return [
        name,
        datatype === 'FP32'
          ? new Tensor('float32', new Float32Array(Uint8Array.from(bytes).buffer), dimensions)
          : new Tensor('string', textsOf(bytes), dimensions),
      ];
    }),
  );

function textsOf(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at);
    texts.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  return texts;
}
