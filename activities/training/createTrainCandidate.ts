import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import { splitTable } from '../../ml/dataset/splitTable.ts';
import type { TrainerName } from '../../ml/definition/ProjectDefinition.ts';
import { crossValidationMetrics } from '../../ml/evaluation/crossValidationMetrics.ts';
import type { MeanSd, Metrics } from '../../ml/evaluation/Metrics.ts';
import type { SignatureInput } from '../../ml/onnx/ModelMetadata.ts';
import type { Recipe } from '../../ml/trainers/Recipe.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import type { TrainCandidateHeartbeat } from '../../platform/workflowContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import { trainFolds } from './trainFolds.ts';
import { verifyModelFile } from './verifyModelFile.ts';

export interface TrainCandidateInput {
  /** Artifact digest of the definition. */
  readonly definition: string;
  /** Artifact digest of the validated table. */
  readonly table: string;
  readonly datasetDigest: string;
  readonly trainer: TrainerName;
}

export interface TrainedCandidate {
  readonly trainer: TrainerName;
  /** Artifact digest of the ONNX file. */
  readonly digest: string;
  readonly threshold: number;
  readonly metrics: Metrics;
  readonly crossValidation: Readonly<Record<string, MeanSd>>;
  readonly signature: readonly SignatureInput[];
  readonly parameters: Recipe;
  readonly seconds: number;
}

/**
 * Trains one candidate: its folds, then the final fit on the whole training part, exported as ONNX and checked against the
 * kernel on every holdout row. The heartbeat carries the finished folds' artifacts, so that another attempt trains only the
 * rest; the same input gives the same digest however often it was interrupted.
 */
export const createTrainCandidate =
  ({ artifacts, training, logger }: Pick<ActivityPorts, 'artifacts' | 'training' | 'logger'>) =>
  async (input: TrainCandidateInput): Promise<TrainedCandidate> => {
    const { trainer } = input;
    const definition = await readDefinition(artifacts, input.definition);
    const recipe = recipesFor(definition).find(each => each.trainer === trainer);
    if (recipe === undefined) throw new TypeError(`the definition names no trainer ${trainer}`);
    const signal = cancellationSignal();
    const base = { tablePath: await artifacts.path(input.table), definition, recipe };
    const table = decodeTable(await artifacts.get(input.table));
    const { train, holdout, foldOf } = splitTable(table.labels, {
      ...definition.split,
      seed: definition.seed,
    });

    const before: TrainCandidateHeartbeat | undefined = activityInfo().heartbeatDetails;
    const { outOfFold, seconds } = await trainFolds({
      artifacts,
      foldOf,
      before,
      trainer,
      foldsTotal: definition.split.folds,
      train: async (fold, either) => {
        const result = await training.fold({ kind: 'fold', ...base, fold }, either);
        logger.info({ trainer, fold, seconds: result.seconds }, 'fold is trained');
        return result;
      },
      heartbeat,
      signal,
    });

    const final = await training.final(
      {
        kind: 'final',
        ...base,
        outOfFold,
        metadata: {
          format: 1,
          model: definition.name,
          trainer,
          recipe: definition.recipe,
          seed: definition.seed,
          label: definition.label,
          id: definition.id ?? null,
          datasetDigest: input.datasetDigest,
          definitionDigest: input.definition,
        },
      },
      signal,
    );
    const { metadata, metrics } = await verifyModelFile(
      final.onnx,
      table,
      holdout,
      final.holdoutProbabilities,
    );
    const labels = Uint8Array.from(train, row => table.labels[row]);
    return {
      trainer,
      digest: await artifacts.put(final.onnx),
      threshold: metadata.threshold,
      metrics,
      crossValidation: crossValidationMetrics({
        labels,
        probabilities: outOfFold,
        foldOf,
        calibrate: recipe.calibrate,
      }),
      signature: metadata.inputs,
      parameters: recipe,
      seconds: seconds + final.seconds,
    };
  };
