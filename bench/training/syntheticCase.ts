import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchCase } from './BenchCase.ts';
import type { BenchedTrainer } from './benchedTrainers.ts';
import { drawSyntheticTable } from './drawSyntheticTable.ts';
import type { FitJob } from './FitJob.ts';
import { scikitLearnArguments } from './scikitLearnArguments.ts';
import { recipeOf } from './syntheticRecipes.ts';
import { writeFitFile } from './writeFitFile.ts';

/** One fit on a synthetic table, evaluated on half as many further rows, at most 100,000. */
export function syntheticCase(trainer: BenchedTrainer, rows: number): BenchCase {
  const evaluateRows = Math.min(rows / 2, 100_000);
  const columns = 20;
  return {
    name: trainer,
    rows,
    columns,
    fits: 1,
    boundMegabytes: (2 * 4 * columns * (rows + evaluateRows) + columns * rows) / 2 ** 20,
    prepare(folder) {
      const file = join(folder, 'table.bin');
      writeFitFile(file, drawSyntheticTable(rows, 1), drawSyntheticTable(evaluateRows, 2));
      const job: FitJob = {
        name: trainer,
        trainer,
        file,
        columnCount: columns,
        trainRows: rows,
        evaluateRows,
        smote: false,
        scikitLearn: scikitLearnArguments(recipeOf(trainer)),
      };
      const jobs = join(folder, 'jobs.json');
      writeFileSync(jobs, JSON.stringify([job]));
      return { holdfast: ['holdfastFits.ts', jobs], jobs, layouts: ['threads'] };
    },
  };
}
