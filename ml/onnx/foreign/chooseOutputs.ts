import type { ForeignModel, ForeignTensor } from './ForeignModel.ts';
import { UnfitModel } from './UnfitModel.ts';

export interface ChosenOutputs {
  /** The probabilities: [N, 2], or the positive outcome's alone as [N, 1] or [N]. */
  readonly probabilities: ForeignTensor;
  /** The predicted class, which tells the order of the probabilities; null where there is none. */
  readonly label: ForeignTensor | null;
}

/**
 * Which of the outputs are the probabilities: the one of floating numbers; of several, the one that is called so.
 * @throws UnfitModel where there is none, or it is not of a shape that can be
 */
export function chooseOutputs({ outputs }: Pick<ForeignModel, 'outputs'>): ChosenOutputs {
  const floating = outputs.filter(({ type }) => type === 'float32' || type === 'float64');
  const called = floating.filter(({ name }) => /prob|score/i.test(name));
  const [probabilities, second] = called.length > 0 ? called : floating;
  const found = outputs.map(describe).join(', ') || 'none';
  if (probabilities === undefined)
    throw new UnfitModel(
      `The file answers no probabilities, only ${found}; expected a tensor of floats, [N, 2] or the positive outcome's [N, 1]. Export the classifier with its probabilities (predict_proba), not only its labels.`,
    );
  if (second !== undefined)
    throw new UnfitModel(
      `The file has several outputs that may be the probabilities: ${found}; expected one. Export it with the probabilities alone, or call that output probabilities.`,
    );
  const { shape } = probabilities;
  const width = shape?.[1] ?? 1;
  if (shape !== null && (shape.length > 2 || shape.length === 0 || width < 1 || width > 2))
    throw new UnfitModel(
      `The output ${describe(probabilities)} is not the probability of a yes/no outcome; expected [N, 2], [N, 1] or [N]. A model of more than two classes, or of several targets, cannot be served.`,
    );
  const label = outputs.find(({ type }) => type === 'string' || type === 'int64' || type === 'int32') ?? null;
  return { probabilities, label };
}

const describe = ({ name, type, shape }: ForeignTensor): string =>
  `${name} (${type}${shape === null ? '' : ` [${shape.map(size => size ?? 'N').join(', ')}]`})`;
