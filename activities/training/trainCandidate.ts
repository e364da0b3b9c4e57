import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import { crossValidationMetrics } from '../../ml/evaluation/crossValidationMetrics.ts';
import type { MeanSd, Metrics } from '../../ml/evaluation/Metrics.ts';
import type { Recipe } from '../../ml/trainers/Recipe.ts';
import type { SearchRecord } from '../../ml/trainers/search/SearchRecord.ts';
import { trainingDigest } from '../../projects/trainingDigest.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import type { ForeignParameters } from '../adoption/ForeignParameters.ts';
import { findRecipe } from './findRecipe.ts';
import type { TrainCandidateOptions } from './TrainingMaterial.ts';
import { trainFolds } from './trainFolds.ts';
import { verifyModelFile } from './verifyModelFile.ts';

export interface TrainedCandidate {
  readonly trainer: string;
  /** Artifact digest of the ONNX file, which holds its signature and threshold. */
  readonly digest: string;
  /** Artifact digest of the uncalibrated out-of-fold probabilities: float64, one a row of the training part. */
  readonly outOfFold: string;
  readonly metrics: Metrics;
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
  /** The recipe, with what a search tried to find it. A blend's weights are of its members' calibrated probabilities. */
  readonly parameters:
    | (Recipe & { readonly search?: SearchRecord })
    | { readonly trainer: 'blend'; readonly weights: Readonly<Record<string, number>> }
    | ForeignParameters;
  readonly seconds: number;
}

/**
 * Trains one candidate: the search for its recipe where one is asked for, its folds, then the final fit on the whole training
 * part, exported as ONNX and checked against the kernel on every holdout row. Finished trials and folds are artifacts that
 * `onProgress` names, so that another attempt trains only the rest; the same input gives the same digest however often it was
 * interrupted.
 */
export async function trainCandidate(
  { artifacts, training, logger }: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>,
  options: TrainCandidateOptions,
): Promise<TrainedCandidate> {
  const { definition, datasetDigest, table, tablePath, split, trainer, onProgress, signal } = options;
  const { recipe, search, done } = await findRecipe({ artifacts, training, logger }, options);
  const base = { tablePath, definition, split, recipe };
  const { outOfFold, seconds } = await trainFolds({
    artifacts,
    foldOf: split.foldOf,
    foldsTotal: definition.split.folds,
    trainer,
    before: done,
    train: async (fold, either) => {
      const result = await training.fold({ kind: 'fold', ...base, fold }, either);
      logger.info({ trainer, fold, seconds: result.seconds }, 'fold is trained');
      return result;
    },
    onProgress,
    signal,
  });
  const metadata = {
    format: 1 as const,
    model: definition.name,
    trainer,
    recipe: definition.recipe,
    seed: definition.seed,
    label: definition.label,
    id: definition.id ?? null,
    offer: definition.offer,
    datasetDigest,
    definitionDigest: trainingDigest(definition),
  };
  const final = await training.final({ kind: 'final', ...base, outOfFold, metadata }, signal);
  const { onnx, holdoutProbabilities } = final;
  const metrics = await verifyModelFile(onnx, table, split.holdout, holdoutProbabilities);
  return {
    trainer,
    digest: await artifacts.put(onnx),
    outOfFold: await artifacts.put(new Uint8Array(outOfFold.buffer)),
    metrics,
    crossValidation: crossValidationMetrics({
      labels: labelsOf(table, split.train),
      probabilities: outOfFold,
      foldOf: split.foldOf,
      calibrate: recipe.calibrate,
      offer: definition.offer,
    }),
    parameters: search === undefined ? recipe : { ...recipe, search },
    seconds: seconds + final.seconds,
  };
}
