import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { EncoderInput } from '../../../ml/features/Encoder.ts';
import type { Row } from './handmade.ts';

export interface Answers {
  readonly labels: readonly string[];
  /** Of the positive label. */
  readonly probabilities: readonly number[];
  /** Negative and positive, row by row. */
  readonly both: readonly number[];
}

/** Scores rows with onnxruntime-node, every input fed. */
export async function runModel(
  model: Uint8Array,
  inputs: readonly EncoderInput[],
  rows: readonly Row[],
): Promise<Answers> {
  const session = await InferenceSession.create(model);
  const shape = [rows.length, 1];
  const feeds = Object.fromEntries(
    inputs.map(({ name, kind }) => [
      name,
      kind === 'number'
        ? new Tensor(
            'float32',
            Float32Array.from(rows, row => Number(row[name])),
            shape,
          )
        : new Tensor(
            'string',
            rows.map(row => String(row[name])),
            shape,
          ),
    ]),
  );
  const { label, probabilities } = await session.run(feeds);
  const both = Array.from(probabilities.data, Number);
  await session.release();
  return {
    labels: Array.from(label.data, String),
    probabilities: both.filter((_, index) => index % 2 === 1),
    both,
  };
}
