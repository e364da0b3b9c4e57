import { exportPipeline } from '../../ml/onnx/exportPipeline.ts';
import { signatureInputs } from '../../ml/onnx/signatureInputs.ts';
import { fitCandidate } from '../../ml/trainers/fitCandidate.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import churn from '../../projects/churn.ts';
import { simulatedTelcoTable } from '../training/readTelcoTable.ts';

export const servedTrainers = [
  'gradientBoosting',
  'logisticRegression',
  'randomForest',
  'multilayerPerceptron',
] as const;

export type ServedTrainer = (typeof servedTrainers)[number];

/** A model file of the churn project, trained on simulated customers with the recipe that `npm start` takes. */
export const servedModel = (trainer: ServedTrainer): Uint8Array => fitServed(trainer)(0.4);

/** The same, as many files as thresholds. */
export function fitServed(trainer: ServedTrainer): (threshold: number) => Uint8Array {
  const table = simulatedTelcoTable(7043);
  const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row);
  const [recipe] = recipesFor({ trainers: [trainer], recipe: 'holdfast' });
  const { encoder, model } = fitCandidate({ table, rows, recipe, seed: churn.seed });
  const { positive, negative } = churn.label;
  return threshold =>
    exportPipeline(
      { encoder, model, calibration: null, threshold, positiveLabel: positive, negativeLabel: negative },
      {
        format: 1,
        model: churn.name,
        trainer,
        recipe: 'holdfast',
        seed: churn.seed,
        label: churn.label,
        threshold,
        id: churn.id ?? null,
        inputs: signatureInputs(churn, encoder),
        datasetDigest: '0'.repeat(64),
        definitionDigest: '0'.repeat(64),
      },
    );
}
