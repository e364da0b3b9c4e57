import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { before, describe, it } from 'mocha';
import { getRun } from '../../db/runs/getRun.ts';
import { listVersions } from '../../db/models/listVersions.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import { TASK_QUEUE } from '../../platform/workflowContract.ts';
import { withFaultyProxy } from '../support/faultyProxy.ts';
import { saveHistories } from '../support/histories.ts';
import { startProcess } from '../support/startProcess.ts';
import { type ReadRun, readMlflow, testMlflow } from '../support/testMlflow.ts';
import { testTemporal } from '../support/testTemporal.ts';
import { withDatabase } from '../support/withDatabase.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// Training and promotion by the real worker, with an MLflow that takes every request and says nothing: nobody waits for it, and
// once it answers, everything is there.

/** Of the version; nought for the whole run. */
const numberOf = ({ tags }: ReadRun): number => Number(tags['holdfast.version'] ?? 0);

describe('trackRun', () => {
  let client: Client;
  let address: string;
  let mlflow: string;

  before(async function () {
    ({ client, address } = await testTemporal(this));
    mlflow = await testMlflow(this);
  });

  const execute = async (type: string, workflowId: string, input: object): Promise<WorkflowHandle> => {
    const handle = await client.workflow.start(type, { taskQueue: TASK_QUEUE, workflowId, args: [input] });
    await handle.result();
    return handle;
  };

  it('is waited for by nobody while MLflow hangs, and shows everything once it answers', function () {
    const read = (): ReturnType<typeof readMlflow> => readMlflow(this, mlflow, 'tracked');
    return withDatabase((database, { url }) =>
      withTemporaryFolder(home =>
        withFaultyProxy(mlflow, async proxy => {
          proxy.behave = () => 'hang';
          const data = join(home, 'table.csv');
          await writeFile(data, [...telcoCsv(simulateTelco({ rows: 400, seed: 3 }))].join(''));
          const worker = await startProcess('worker', {
            HOLDFAST_HOME: home,
            HOLDFAST_LOG_LEVEL: 'debug',
            DATABASE_URL: url,
            TEMPORAL_ADDRESS: address,
            MLFLOW_TRACKING_URI: proxy.url,
            MLFLOW_TRACKING_USERNAME: 'ada',
            MLFLOW_TRACKING_PASSWORD: 'hunter2',
            MLFLOW_EXPERIMENT_NAME: 'tracked',
          });
          try {
            await execute('trainModel', 'tracked', { model: 'churn', data, recipe: 'original' });
            await execute('promoteModel', 'tracked-promotion', {
              model: 'churn',
              version: 2,
              actor: 'ada',
              reason: 'test',
            });
            const { id } = await getRun(database, 'tracked');
            const tracking = client.workflow.getHandle(`track-${id}`);
            assert.equal((await tracking.describe()).status.name, 'RUNNING');
            assert.equal(proxy.requests.length, 1, 'the first one still hangs');
            assert.equal(
              proxy.requests[0].authorization,
              `Basic ${Buffer.from('ada:hunter2').toString('base64')}`,
            );

            proxy.behave = () => 'forward';
            proxy.release();
            await tracking.result();
            const versions = await listVersions(database, 'churn');
            const runs = (await read()).sort((one, other) => numberOf(one) - numberOf(other));
            assert.deepEqual(
              runs.map(({ status, tags, artifacts }) => [
                status,
                tags['holdfast.version'],
                tags['holdfast.aliases'],
                artifacts['model.onnx'],
              ]),
              [
                ['FINISHED', undefined, undefined, undefined],
                ...versions
                  .toReversed()
                  .map(({ version, digest, aliases }) => [
                    'FINISHED',
                    String(version),
                    aliases.join(', ') || 'none',
                    digest,
                  ]),
              ],
            );
            assert.ok(versions.find(({ version }) => version === 2)?.aliases.includes('production'));
            assert.doesNotMatch(JSON.stringify(worker.log), /hunter2/);
            await saveHistories(client, tracking, 'trackRun');
          } finally {
            await worker.kill('SIGTERM');
          }
        }),
      ),
    );
  });
});
