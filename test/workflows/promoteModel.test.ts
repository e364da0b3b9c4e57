import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import { MockActivityEnvironment, type TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Worker } from '@temporalio/worker';
import { before, describe, it } from 'mocha';
import { ActivityErrorInterceptor } from '../../activities/errors/ActivityErrorInterceptor.ts';
import { createAwaitLoaded } from '../../activities/promotion/createAwaitLoaded.ts';
import { createMoveAlias } from '../../activities/promotion/createMoveAlias.ts';
import { createVerifyArtifact } from '../../activities/promotion/createVerifyArtifact.ts';
import { findAlias } from '../../db/aliases/findAlias.ts';
import { listAliasEvents } from '../../db/aliases/listAliasEvents.ts';
import { listLoaded } from '../../db/processes/listLoaded.ts';
import { LIVE_WITHIN_MS } from '../../db/processes/LoadedVersion.ts';
import { reportLoaded } from '../../db/processes/reportLoaded.ts';
import type { ArtifactStore } from '../../platform/ArtifactStore.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import type { PromoteModelInput, PromoteModelResult } from '../../platform/workflowContract.ts';
import { failureText } from '../../workflows/failureText.ts';
import { expectError } from '../support/expectError.ts';
import { goodInstance, smallModel } from '../support/smallModel.ts';
import { testTemporal, workflowBundle } from '../support/testTemporal.ts';
import { withClient } from '../support/postgres.ts';
import { type InferenceWorld, type Served, withInference } from '../support/withInference.ts';

// A promotion with everything real: Temporal, PostgreSQL, the activities, and inference processes that load the files.

const versionOf = async ({ client }: Served, model = 'churn'): Promise<number> =>
  (await client.predict({ model, version: '', instances: [goodInstance] })).modelVersion;

/** A machine of its own, on whose disk the version's file was damaged: the registry's artifact store is sound. */
async function damagedStore(world: InferenceWorld, digest: string): Promise<ArtifactStore> {
  const store = createLocalArtifactStore(join(world.home, 'other', 'artifacts'));
  await store.put(await world.artifacts.get(digest));
  const path = await store.path(digest);
  await chmod(path, 0o644);
  await writeFile(path, 'not what it was');
  return store;
}

/** What the process's report of the model would be after so much silence. */
const silence = (world: InferenceWorld, processId: string, silentMs: number) =>
  withClient(world.databaseUrl, client =>
    client.query(
      `update inference_process set reported_at = now() - $2 * interval '1 millisecond' where process_id = $1`,
      [processId, silentMs],
    ),
  );

async function failureOf(promotion: Promise<unknown>): Promise<string> {
  const error: unknown = await promotion.then(
    answer => assert.fail(`expected a failure, got ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WorkflowFailedError, String(error));
  return failureText(error.cause);
}

describe('promoteModel', () => {
  let environment: TestWorkflowEnvironment;
  let next = 0;

  before(async function () {
    environment = await testTemporal(this);
  });

  async function promote(
    { database, artifacts }: InferenceWorld,
    version: number,
    model = 'churn',
  ): Promise<PromoteModelResult> {
    const taskQueue = `promote-${next++}`;
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundle(),
      activities: {
        verifyArtifact: createVerifyArtifact({ database, artifacts }),
        moveAlias: createMoveAlias({ database, track: async () => undefined }),
        awaitLoaded: createAwaitLoaded({ database }),
      },
      interceptors: { activity: [() => ({ inbound: new ActivityErrorInterceptor() })] },
    });
    const input: PromoteModelInput = { model, version, actor: 'ada', reason: 'test' };
    return worker.runUntil(
      environment.client.workflow.execute<(input: PromoteModelInput) => Promise<PromoteModelResult>>(
        'promoteModel',
        { taskQueue, workflowId: taskQueue, args: [input] },
      ),
    );
  }

  it('waits at the first promotion for processes that have loaded nothing', () =>
    withInference(async world => {
      await world.register(smallModel(), smallModel({ shift: 1 }));
      const served = [await world.start(), await world.start({ home: join(world.home, 'second') })];
      const live = await listLoaded(world.database, 'churn');
      assert.deepEqual(
        new Map(live.map(({ processId, loaded }) => [processId, loaded])),
        new Map(served.map(({ inference }) => [inference.processId, null])),
      );
      const { loadedProcesses, previousVersion } = await promote(world, 1);
      assert.deepEqual([loadedProcesses, previousVersion], [2, null]);
      assert.deepEqual(await Promise.all(served.map(one => versionOf(one))), [1, 1]);
      await served[1].inference.close();
      assert.equal((await promote(world, 2)).loadedProcesses, 1);
      assert.equal(await versionOf(served[0]), 2);
    }));

  it('waits at the first promotion of a model beside another one', () =>
    withInference(async world => {
      await world.register(smallModel());
      await world.register(smallModel({ model: 'bank' }));
      const served = await world.start();
      await promote(world, 1);
      assert.equal((await promote(world, 1, 'bank')).loadedProcesses, 1);
      assert.equal(await versionOf(served, 'bank'), 1);
    }));

  it('does not wait where nobody serves', () =>
    withInference(async world => {
      await world.register(smallModel());
      assert.equal((await promote(world, 1)).loadedProcesses, 0);
    }));

  it('puts the alias back, with the reason, where one process cannot load the version', () =>
    withInference(async world => {
      const [first, second] = [smallModel(), smallModel({ shift: 1 })];
      await world.register(first, second);
      const sound = await world.start();
      await promote(world, 1);
      const broken = await world.start({
        home: join(world.home, 'other'),
        artifacts: await damagedStore(world, second.digest),
      });
      assert.equal(
        await broken.client.predict({ model: '', version: '', instances: [goodInstance] }).then(
          () => 'served',
          () => 'not served',
        ),
        'not served',
        'its store lacks the first version',
      );
      const reason = await failureOf(promote(world, 2));
      assert.match(reason, new RegExp(broken.inference.processId));
      assert.match(reason, /cannot load churn version 2: .*its content was changed/);
      assert.equal((await findAlias(world.database, 'churn', 'production'))?.version, 1);
      const [back, there] = await listAliasEvents(world.database, 'churn');
      assert.deepEqual([there.fromVersion, there.toVersion, there.actor], [1, 2, 'ada']);
      assert.deepEqual([back.fromVersion, back.toVersion, back.actor], [2, 1, 'promoteModel']);
      assert.match(back.reason, /^put back: .*its content was changed/);
      assert.equal(await versionOf(sound), 1);
    }));

  it('fails with the reason at a first promotion too, where there is nothing to go back to', () =>
    withInference(async world => {
      const only = smallModel();
      await world.register(only);
      await world.start({
        home: join(world.home, 'other'),
        artifacts: await damagedStore(world, only.digest),
      });
      assert.match(
        await failureOf(promote(world, 1)),
        /cannot load churn version 1: .*its content was changed/,
      );
      assert.equal((await listAliasEvents(world.database, 'churn')).length, 1);
    }));

  it('moves nothing where the registry’s own file is damaged', () =>
    withInference(async world => {
      const only = smallModel();
      await world.register(only);
      const path = await world.artifacts.path(only.digest);
      await chmod(path, 0o644);
      await writeFile(path, 'not what it was');
      assert.match(await failureOf(promote(world, 1)), /no longer holds what its name says/);
      assert.deepEqual(await listAliasEvents(world.database, 'churn'), []);
    }));

  it('no longer waits for a process that died', () =>
    withInference(async world => {
      await world.register(smallModel());
      await world.start();
      await reportLoaded(world.database, 'dead', []);
      await silence(world, 'dead', LIVE_WITHIN_MS - 2000);
      const begun = performance.now();
      assert.equal((await promote(world, 1)).loadedProcesses, 1);
      assert.ok(performance.now() - begun > 1000, 'it waited while the process counted as live');
    }));

  it('fails in the end, and is to be tried again, where a process that lives does not load the version', () =>
    withInference(async world => {
      const { database } = world;
      const { digest } = smallModel();
      await world.register(smallModel(), smallModel({ shift: 1 }));
      const activity = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
      const awaitLoaded = createAwaitLoaded({ database }, 300);
      await reportLoaded(database, 'slow', [
        { model: 'churn', version: 1, digest, state: 'ready', error: null },
      ]);
      await assert.rejects(
        activity.run(awaitLoaded, { model: 'churn', version: 2 }),
        expectError('failedPrecondition', /process slow did not load churn version 2 within 0\.3 s/),
      );
      assert.equal(await activity.run(awaitLoaded, { model: 'churn', version: 1 }), 1);
    }));
});
