import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labelsOf } from '../../ml/dataset/labelsOf.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import { correlationFilter } from '../../ml/features/correlationFilter.ts';
import { encode } from '../../ml/features/encode.ts';
import { fitEncoder } from '../../ml/features/fitEncoder.ts';
import type { FitJob } from './FitJob.ts';
import { scikitLearnArguments } from './scikitLearnArguments.ts';
import { fitsOf, splitOf, type TelcoProblem } from './telcoProblem.ts';
import { writeFitFile } from './writeFitFile.ts';

/**
 * Writes the matrices of the Telco job for scikit-learn, encoded and filtered as the recipe says but not resampled: it then
 * pays for SMOTE, fits and predictions, and for no preparation.
 * @returns the path of the list of jobs
 */
export function writeTelcoJobs({ definition, recipes }: TelcoProblem, table: Table, folder: string): string {
  const jobs: FitJob[] = [];
  for (const recipe of recipes)
    for (const { name, train, evaluate } of fitsOf(definition, splitOf(definition, table))) {
      const labels = labelsOf(table, train);
      const whole = fitEncoder(table, train, recipe);
      const least = recipe.minimumAbsoluteCorrelation;
      const encoder =
        least === null ? whole : correlationFilter(whole, encode(whole, table, train), labels, least);
      const matrix = encode(encoder, table, train);
      const file = join(folder, `${jobs.length}.bin`);
      writeFitFile(
        file,
        { matrix, labels },
        { matrix: encode(encoder, table, evaluate), labels: labelsOf(table, evaluate) },
      );
      jobs.push({
        name: `${recipe.trainer} ${name}`,
        trainer: recipe.trainer,
        file,
        columnCount: matrix.columnCount,
        trainRows: train.length,
        evaluateRows: evaluate.length,
        smote: recipe.smote,
        scikitLearn: scikitLearnArguments(recipe),
      });
    }
  const path = join(folder, 'jobs.json');
  writeFileSync(path, JSON.stringify(jobs));
  return path;
}
