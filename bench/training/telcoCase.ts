import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeTable } from '../../ml/dataset/tableCodec.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { BenchCase } from './BenchCase.ts';
import { telcoProblem } from './telcoProblem.ts';
import { writeTelcoJobs } from './writeTelcoJobs.ts';

/** The whole training job on a Telco table: four models, each five folds and a final fit. */
export function telcoCase(table: Table, recipe: ProjectDefinition['recipe']): BenchCase {
  const problem = telcoProblem(recipe);
  return {
    name: `Telco job, ${recipe} recipe`,
    rows: table.rowCount,
    columns: table.columns.length,
    fits: problem.recipes.length * (problem.definition.split.folds + 1),
    boundMegabytes: null,
    prepare(folder) {
      const tablePath = join(folder, 'table.bin');
      writeFileSync(tablePath, encodeTable(table));
      return {
        holdfast: ['holdfastTelco.ts', tablePath, recipe],
        jobs: writeTelcoJobs(problem, table, folder),
        layouts: ['threads', 'processes'],
      };
    },
  };
}
