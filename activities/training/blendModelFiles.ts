import type { Table } from '../../ml/dataset/Table.ts';
import type { TableSplit } from '../../ml/dataset/splitTable.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { Metrics } from '../../ml/evaluation/Metrics.ts';
import { exportBlend } from '../../ml/onnx/exportBlend.ts';
import { readMetadata } from '../../ml/onnx/readMetadata.ts';
import type { FittedBlend } from '../../ml/trainers/blend/fitBlend.ts';
import { mix } from '../../ml/trainers/blend/mix.ts';
import { applyCalibration } from '../../ml/trainers/calibration/applyCalibration.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import type { TrainingPool } from './createTrainingPool.ts';
import { scoreTable } from './scoreTable.ts';
import { verifyModelFile } from './verifyModelFile.ts';

export interface BlendModelFilesOptions {
  readonly training: Pick<TrainingPool, 'blend'>;
  readonly definition: ProjectDefinition;
  readonly table: Table;
  readonly split: TableSplit;
  /** Where the training threads read the same table. */
  readonly tablePath: string;
  readonly members: readonly {
    readonly trainer: string;
    readonly onnx: Uint8Array;
    /** Uncalibrated, one a row of the training part. */
    readonly outOfFold: Float64Array;
  }[];
  readonly signal: AbortSignal;
}

export interface BlendedModelFile {
  readonly onnx: Uint8Array;
  readonly metrics: Metrics;
  readonly blend: FittedBlend;
  /** Of the members that have any. */
  readonly weights: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/**
 * Blends trained candidates into one model file, and checks it on every holdout row against the members' own files, mixed
 * here. Nothing is trained again.
 * @throws Error as exportBlend and verifyModelFile
 */
export async function blendModelFiles(options: BlendModelFilesOptions): Promise<BlendedModelFile> {
  const { training, definition, table, tablePath, split, signal } = options;
  const recipes = recipesFor(definition);
  const { blend, seconds } = await training.blend(
    {
      kind: 'blend',
      tablePath,
      definition,
      split,
      members: options.members.map(({ trainer, outOfFold }) => ({
        // Of a trainer that is not ours it is always asked whether calibration helps.
        calibrate: recipes.find(recipe => recipe.trainer === trainer)?.calibrate ?? true,
        probabilities: outOfFold,
      })),
    },
    signal,
  );
  const members = options.members
    .map(({ trainer, onnx }, place) => ({ trainer, onnx, weight: blend.weights[place] }))
    .filter(({ weight }) => weight > 0);
  const { threshold, calibration } = blend;
  const { positive, negative } = definition.label;
  const onnx = exportBlend(
    { members, calibration, threshold, positiveLabel: positive, negativeLabel: negative },
    // The first member may be of a trainer that is not ours, whose recipe is its task queue.
    { ...readMetadata(members[0].onnx), trainer: 'blend', recipe: definition.recipe, threshold },
  );
  const { holdout } = split;
  const ofMembers: Float64Array[] = [];
  for (const member of members)
    ofMembers.push(await scoreTable(member.onnx, readMetadata(member.onnx), table, holdout));
  const weights = members.map(({ weight }) => weight);
  const expected = applyCalibration(calibration, mix(weights, ofMembers));
  return {
    onnx,
    metrics: await verifyModelFile(onnx, table, holdout, expected),
    blend,
    weights: Object.fromEntries(members.map(({ trainer, weight }) => [trainer, weight])),
    seconds,
  };
}
