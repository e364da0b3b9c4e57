import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { evaluateFile } from '../../activities/evaluation/evaluateFile.ts';
import { type ProjectDefinition, projectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import churn from '../../projects/churn.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

describe('evaluateFile', () => {
  it('trains as a run does, which reads its definition back from where it is stored, in whatever order the columns are written', () =>
    withTemporaryFolder(async folder => {
      const path = join(folder, 'table.csv');
      await writeFile(path, [...telcoCsv(simulateTelco({ rows: 400, seed: 3 }))].join(''));
      const candidates = async (columns: ProjectDefinition['columns']) => {
        const { splits } = await evaluateFile({
          definition: projectDefinition.parse({
            ...churn,
            columns,
            trainers: ['randomForest', 'multilayerPerceptron'],
          }),
          path,
          seeds: [1],
          threads: 2,
          quarantineFolder: join(folder, 'quarantine'),
          logger: collectLogs().logger,
          onData: () => undefined,
          onCandidate: () => undefined,
          onSplit: () => undefined,
          signal: new AbortController().signal,
        });
        return splits.flatMap(split =>
          split.candidates.map(({ trainer, metrics, crossValidation }) => ({
            trainer,
            metrics,
            crossValidation,
          })),
        );
      };
      const asWritten = await candidates(churn.columns);
      const reversed = await candidates(Object.fromEntries(Object.entries(churn.columns).toReversed()));
      assert.equal(asWritten.length, 2);
      assert.deepEqual(reversed, asWritten);
    }));
});
