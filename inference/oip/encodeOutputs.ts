import { HoldfastError } from '../../platform/HoldfastError.ts';
import { didYouMean } from '../../platform/suggest.ts';
import type {
  ModelInferRequest_InferRequestedOutputTensor,
  ModelInferResponse_InferOutputTensor,
} from '../../proto/gen/inference/grpc_service.ts';
import type { LoadedModel } from '../LoadedModel.ts';
import { encodeFloats, encodeTexts } from './encodeTensor.ts';
import { type OutputName, outputTensors } from './tensors.ts';

// The answer's tensors: those that were asked for, in their order, each with its bytes. Stock clients read numbers from the
// raw bytes only, so that nothing is answered as typed contents.

/** How a request wants one output; `classes` is the number of them to answer as text, best first, 0 for the numbers themselves. */
export interface WantedOutput {
  readonly name: OutputName;
  readonly classes: number;
}

export interface EncodedOutputs {
  readonly outputs: ModelInferResponse_InferOutputTensor[];
  readonly rawOutputContents: Buffer[];
}

const everything: readonly WantedOutput[] = outputTensors.map(({ name }) => ({ name, classes: 0 }));

/** @throws HoldfastError invalidArgument for an output that no model has, or classes of one that has none */
export function readWantedOutputs(
  asked: readonly ModelInferRequest_InferRequestedOutputTensor[],
): readonly WantedOutput[] {
  if (asked.length === 0) return everything;
  return asked.map(({ name, parameters }, place) => {
    const known = outputTensors.find(output => output.name === name);
    const names = outputTensors.map(output => output.name);
    if (known === undefined)
      throw refusal(
        `outputs[${place}]`,
        `is ${JSON.stringify(name)}; expected ${names.join(' or ')}.${didYouMean(name, names)}`,
      );
    const choice = parameters.classification?.parameterChoice;
    if (choice === undefined) return { name: known.name, classes: 0 };
    if (known.width === 1)
      throw refusal(`outputs[${place}]`, `${name} has no classes; ask for those of probabilities.`);
    const classes =
      choice.$case === 'int64Param' || choice.$case === 'uint64Param' ? Number(choice.value) : 0;
    if (!(classes >= 1))
      throw refusal(`outputs[${place}]`, 'classification must be the number of classes wanted, 1 or more.');
    return { name: known.name, classes: Math.min(classes, known.width) };
  });
}

/** @param positive the probabilities of the positive label, one a row */
export function encodeOutputs(
  wanted: readonly WantedOutput[],
  loaded: LoadedModel,
  positive: Float32Array,
): EncodedOutputs {
  const rows = positive.length;
  /** [rows, 2]: negative, positive. */
  const probabilities = new Float32Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    probabilities[2 * row] = 1 - positive[row];
    probabilities[2 * row + 1] = positive[row];
  }
  const encoded = wanted.map(({ name, classes }) => {
    if (name === 'label') {
      const labels = Array.from(positive, probability => loaded.label(probability));
      return { name, datatype: 'BYTES', width: 1, bytes: encodeTexts(labels) };
    }
    if (classes === 0) return { name, datatype: 'FP32', width: 2, bytes: encodeFloats(probabilities) };
    return {
      name,
      datatype: 'BYTES',
      width: classes,
      bytes: encodeTexts(classify(loaded, probabilities, classes)),
    };
  });
  return {
    outputs: encoded.map(({ name, datatype, width }) => ({
      name,
      datatype,
      shape: [BigInt(rows), BigInt(width)],
      parameters: {},
    })),
    rawOutputContents: encoded.map(({ bytes }) => bytes),
  };
}

/** `value:index:label` of the best classes, row by row, as Triton's classification extension writes them. */
function classify({ metadata }: LoadedModel, probabilities: Float32Array, classes: number): string[] {
  const { negative, positive } = metadata.label;
  const texts: string[] = [];
  for (let at = 0; at < probabilities.length; at += 2) {
    const ranked = [
      { value: probabilities[at], index: 0, label: negative },
      { value: probabilities[at + 1], index: 1, label: positive },
    ].toSorted((one, other) => other.value - one.value);
    for (const { value, index, label } of ranked.slice(0, classes))
      texts.push(`${value.toFixed(6)}:${index}:${label}`);
  }
  return texts;
}

const refusal = (field: string, description: string): HoldfastError =>
  new HoldfastError('invalidArgument', `${field} ${description}`, { violations: [{ field, description }] });
