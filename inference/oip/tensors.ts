import type { SignatureInput } from '../../ml/onnx/ModelMetadata.ts';

// What a model's columns and answers are called as tensors of the Open Inference Protocol: one form, from which metadata and
// configuration are told and by which requests are read. A request of N rows has N where the shape says -1.

export type Datatype = 'FP32' | 'BYTES';

export interface TensorForm {
  readonly name: string;
  readonly datatype: Datatype;
  /** Columns beside the rows. */
  readonly width: number;
}

export const inputTensor = ({ name, kind }: SignatureInput): TensorForm => ({
  name,
  datatype: kind === 'number' ? 'FP32' : 'BYTES',
  width: 1,
});

/** `label`: the words of the training table. `probabilities`: of the negative label, then of the positive one. */
export const outputTensors = [
  { name: 'label', datatype: 'BYTES', width: 1 },
  { name: 'probabilities', datatype: 'FP32', width: 2 },
] as const satisfies readonly TensorForm[];

export type OutputName = (typeof outputTensors)[number]['name'];
