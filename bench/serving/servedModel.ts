import { exportBlend } from '../../ml/onnx/exportBlend.ts';
import { exportPipeline } from '../../ml/onnx/exportPipeline.ts';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';
import { readMetadata } from '../../ml/onnx/readMetadata.ts';
import { signatureInputs } from '../../ml/onnx/signatureInputs.ts';
import { fitCandidate } from '../../ml/trainers/fitCandidate.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import churn from '../../projects/churn.ts';
import { simulatedTelcoTable } from '../training/readTelcoTable.ts';

const kernels = ['gradientBoosting', 'logisticRegression', 'randomForest', 'multilayerPerceptron'] as const;

/** The blend has each of the others in equal shares: no other costs more to ask or to explain. */
export const servedTrainers = [...kernels, 'blend'] as const;

export type ServedTrainer = (typeof servedTrainers)[number];

/** A model file of the churn project, trained on simulated customers with the recipe that `npm start` takes. */
export const servedModel = (trainer: ServedTrainer): Uint8Array => fitServed(trainer)(0.4);

/** The same, as many files as thresholds. */
export const fitServed = (trainer: ServedTrainer): ((threshold: number) => Uint8Array) =>
  trainer === 'blend' ? fitBlend() : fitKernel(trainer);

function fitKernel(trainer: (typeof kernels)[number]): (threshold: number) => Uint8Array {
  const table = simulatedTelcoTable(7043);
  const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row);
  const [recipe] = recipesFor({ trainers: [trainer], recipe: 'holdfast' });
  const { encoder, model } = fitCandidate({ table, rows, recipe, seed: churn.seed });
  return threshold =>
    exportPipeline(
      { encoder, model, calibration: null, threshold, positiveLabel, negativeLabel },
      metadataOf(trainer, threshold, signatureInputs(churn, encoder)),
    );
}

function fitBlend(): (threshold: number) => Uint8Array {
  const fits = kernels.map(fitKernel);
  return threshold => {
    const members = fits.map(fit => ({ onnx: fit(threshold), weight: 1 / fits.length }));
    const { inputs } = readMetadata(members[0].onnx);
    return exportBlend(
      { members, calibration: null, threshold, positiveLabel, negativeLabel },
      metadataOf('blend', threshold, inputs),
    );
  };
}

const { positive: positiveLabel, negative: negativeLabel } = churn.label;

const metadataOf = (
  trainer: ServedTrainer,
  threshold: number,
  inputs: ModelMetadata['inputs'],
): ModelMetadata => ({
  format: 1,
  model: churn.name,
  trainer,
  recipe: 'holdfast',
  seed: churn.seed,
  label: churn.label,
  threshold,
  id: churn.id ?? null,
  inputs,
  datasetDigest: '0'.repeat(64),
  definitionDigest: '0'.repeat(64),
});
