import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { createClients } from '../../cli/clients/createClients.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { type ObtainedRun, obtainRun, type Wanted } from '../../cli/start/obtainRun.ts';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import type { Database } from '../../db/Database.ts';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { registerVersions } from '../../db/models/registerVersions.ts';
import { attachDataset } from '../../db/runs/attachDataset.ts';
import { finishRun } from '../../db/runs/finishRun.ts';
import { startRun } from '../../db/runs/startRun.ts';
import { sha256 } from '../../platform/sha256.ts';
import churn from '../../projects/churn.ts';
import { runDefinition } from '../../projects/runDefinition.ts';
import { sampleCandidate, sampleDataset, sampleRun } from '../support/registrySamples.ts';
import { withControl } from '../support/withControl.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

const bytes = 'customerID,tenure,Churn\n';

/** A run that ended well, with a version in Production. */
async function recordEarlier(database: Database, definitionDigest: string): Promise<void> {
  const dataset = await recordDatasetVersion(database, sampleDataset({ digest: sha256(bytes) }));
  await startRun(database, sampleRun({ definitionDigest }));
  await attachDataset(database, 'run-1', dataset.id);
  await registerVersions(database, 'run-1', [sampleCandidate('randomForest')]);
  const result = { championVersion: 1, promotedTo: 'production' as const, gate: [] };
  await finishRun(database, { id: 'run-1', status: 'succeeded', result });
  const move = { model: 'churn', alias: 'production' as const, version: 1, actor: 'test', reason: '' };
  await moveAlias(database, { ...move, operationId: 'operation-1' });
}

const today = runDefinition(churn).digest;

const cases: readonly {
  readonly when: string;
  readonly definition: string;
  readonly wanted: (data: string) => Partial<Wanted>;
  /** What is said of the run that is found; null where one is started. */
  readonly found: RegExp | null;
}[] = [
  {
    when: 'the data and the definition are the same',
    definition: today,
    wanted: data => ({ data }),
    found:
      /^The run train-churn has trained churn by the same definition on the same data, so nothing is trained\.$/,
  },
  {
    when: "the recipe that is named is the definition's own",
    definition: today,
    wanted: () => ({ recipe: 'holdfast' }),
    found: /^The run train-churn has trained churn by the same definition, so nothing is trained\.$/,
  },
  { when: 'the recipe is another', definition: today, wanted: () => ({ recipe: 'original' }), found: null },
  {
    when: 'the definition has changed since',
    definition: runDefinition({ ...churn, seed: churn.seed + 1 }).digest,
    wanted: data => ({ data }),
    found: null,
  },
  {
    when: 'nothing is named',
    definition: today,
    wanted: () => ({}),
    found: /^churn has version 1 in Production \(run train-churn\), so nothing is trained\.$/,
  },
  {
    when: 'nothing is named and the definition has changed since',
    definition: runDefinition({ ...churn, seed: churn.seed + 1 }).digest,
    wanted: () => ({}),
    found:
      /so nothing is trained\. .*churn\.ts is not what it was trained by: \.\/holdfast train --model churn/,
  },
];

describe('obtainRun', () => {
  for (const { when, definition, wanted, found } of cases)
    it(`${found === null ? 'starts a run' : 'finds the earlier run and says so'} where ${when}`, function () {
      return withControl(this, ({ address, database }) =>
        withTemporaryFolder(async folder => {
          await recordEarlier(database, definition);
          const data = join(folder, 'table.csv');
          await writeFile(data, bytes);
          const clients = createClients(
            { control: address, inference: '127.0.0.1:1' },
            { secretFor: () => TEST_KEY },
          );
          try {
            const obtained: ObtainedRun = await obtainRun(
              { clients, signal: AbortSignal.timeout(60_000) },
              { model: 'churn', ...wanted(data) },
            );
            if (found === null) {
              assert.equal(obtained.found, null);
              assert.match(obtained.run.workflowId, /^start-churn-/);
            } else {
              assert.equal(obtained.run.id, 'run-1');
              assert.match(obtained.found ?? '', found);
            }
          } finally {
            clients.close();
          }
        }),
      );
    });
});
