import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Metadata } from '@grpc/grpc-js';
import { heartbeat } from '@temporalio/activity';
import type { Context } from 'mocha';
import { createBeginImport } from '../../activities/imports/createBeginImport.ts';
import { withPulse } from '../../activities/withPulse.ts';
import { type Clients, createClients } from '../../cli/clients/createClients.ts';
import { watchRun } from '../../cli/clients/watchRun.ts';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import { listAliasEvents } from '../../db/aliases/listAliasEvents.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { sha256 } from '../../platform/sha256.ts';
import { TASK_QUEUE } from '../../platform/workflowContract.ts';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';
import { RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import { allPages } from './allPages.ts';
import { freePorts } from './freePorts.ts';
import { registerSamples } from './registrySamples.ts';
import { startProcess } from './startProcess.ts';
import { TEST_KEY } from './testAccess.ts';
import { testTemporal } from './testTemporal.ts';
import { waitUntil } from './waitUntil.ts';
import { type ControlWorld, withControl } from './withControl.ts';

// A real control process that is killed (SIGKILL) at the moments given, and started again at once, while operators start runs
// and record outcomes under idempotency keys, promote under etags and change users. Each asks again until it is answered.

const VERSIONS = 4;

interface Answered {
  /** Key of the request → the run that it was answered with. */
  readonly runs: Map<string, string>;
  readonly outcomes: string[];
  /** Reasons of the promotions that were answered. */
  readonly promotions: string[];
  /** User → whether the last answered change disabled it. */
  readonly users: Map<string, boolean>;
  /** How many calls were not answered, because control was gone. */
  disturbed: number;
}

const withKey = (key: string) => {
  const metadata = new Metadata();
  metadata.set('idempotency-key', key);
  return { metadata };
};

const isCode = (error: unknown, ...codes: readonly string[]): error is HoldfastError =>
  error instanceof HoldfastError && codes.includes(error.code);

/** @param killAfterMs after how long since it was ready each of the processes is killed */
export const controlKilled = (test: Context, killAfterMs: readonly number[]): Promise<Answered> =>
  withControl(test, async world => {
    const begun = new Date();
    await registerSamples(world.database, VERSIONS);
    const move = { model: 'churn', alias: 'production', version: 1, actor: 'test', reason: '' } as const;
    await moveAlias(world.database, { ...move, operationId: 'first' });
    const isOver = Promise.withResolvers<void>();
    await world.startWorker({
      verifyArtifact: async () => undefined,
      awaitLoaded: async () => 1,
      // Of the import that is watched: it ends when the killing has.
      beginImport: createBeginImport({ ...world, defaultModel: 'churn' }),
      importFile: async () => {
        await withPulse(
          () => heartbeat({}),
          () => isOver.promise,
        );
        throw new HoldfastError('invalidArgument', 'the end of the import');
      },
    });
    const [port] = await freePorts(1);
    const environment = {
      DATABASE_URL: world.databaseUrl,
      TEMPORAL_ADDRESS: (await testTemporal(test)).address,
      HOLDFAST_CONTROL_PORT: String(port),
      HOLDFAST_HOME: world.home,
    };
    const clients = createClients(
      { control: `127.0.0.1:${port}`, inference: '127.0.0.1:1' },
      { secretFor: () => TEST_KEY },
    );
    const stop = new AbortController();
    const answered: Answered = {
      runs: new Map(),
      outcomes: [],
      promotions: [],
      users: new Map(),
      disturbed: 0,
    };

    /** Asks until it is answered, or refused for good. */
    const insist = async <T>(ask: (isAgain: boolean) => Promise<T>): Promise<T> => {
      for (let tries = 0; ; tries++)
        try {
          return await ask(tries > 0);
        } catch (error) {
          if (isCode(error, 'unavailable')) answered.disturbed++;
          // Control is away, or the claim of the one that was killed has yet to run out.
          else if (!(isCode(error, 'conflict') && /is under way/.test(error.message))) throw error;
          await sleep(100);
        }
    };
    const starting = async (): Promise<void> => {
      const request = { model: 'churn', data: '', workflowId: '', trigger: '' };
      while (!stop.signal.aborted) {
        const key = randomUUID();
        const { id } = await insist(() => clients.datasets.ingest(request, withKey(key)));
        answered.runs.set(key, id);
        await sleep(50);
      }
    };
    const reporting = async (): Promise<void> => {
      for (let index = 0; !stop.signal.aborted; index++) {
        const unitKey = `u${index}`;
        const report = { unitKey, predictionId: '', instance: 0, outcome: 'Yes', observedTime: undefined };
        const request = { model: 'churn', outcomes: [report] };
        await insist(() => clients.outcomes.recordOutcomes(request, withKey(`outcome-${index}`)));
        answered.outcomes.push(unitKey);
      }
    };
    const promoting = async (operator: number): Promise<void> => {
      for (let step = 0; !stop.signal.aborted; step++) {
        const { etag, productionVersion = 0 } = await insist(() =>
          clients.models.getModel({ model: 'churn' }),
        );
        const reason = `operator ${operator}, step ${step}`;
        const version = String((productionVersion % VERSIONS) + 1);
        try {
          // The etag is of what the operator looked at, whichever try it is.
          const { time } = await insist(() =>
            clients.models.promote({ model: 'churn', version, reason, etag }),
          );
          if (time !== undefined) answered.promotions.push(reason);
        } catch (error) {
          // Somebody else was faster, or this one's own try that was not answered.
          if (!isCode(error, 'conflict')) throw error;
        }
      }
    };
    const changingUsers = async (): Promise<void> => {
      for (let index = 0; !stop.signal.aborted; index++) {
        const name = `user${index}`;
        await insist(async isAgain => {
          try {
            await clients.accounts.createUser({ name, role: Role.ROLE_VIEWER, password: '' });
          } catch (error) {
            if (!(isAgain && isCode(error, 'alreadyExists'))) throw error;
          }
        });
        answered.users.set(name, false);
        if (index % 2 === 0) continue;
        await insist(() => clients.accounts.updateUser({ name, disabled: true, resetPassword: false }));
        answered.users.set(name, true);
      }
    };

    let process = await startProcess('control', environment);
    const watched = `import-${randomUUID()}`;
    await world.temporal.workflow.start('importModel', {
      taskQueue: TASK_QUEUE,
      workflowId: watched,
      args: [{ model: 'churn', file: sha256('a file') }],
    });
    await insist(() => clients.runs.get({ run: watched }));
    let told = 0;
    const watching = watchRun({ clients, signal: new AbortController().signal }, watched, () => told++);
    watching.catch(() => undefined);
    await waitUntil('it is watched', async () => told > 0);
    try {
      const working = Promise.all([
        starting(),
        starting(),
        starting(),
        reporting(),
        promoting(1),
        promoting(2),
        changingUsers(),
      ]);
      // Unhandled only until the kills are over.
      working.catch(() => undefined);
      for (const afterMs of killAfterMs) {
        await sleep(afterMs);
        await process.kill('SIGKILL');
        process = await startProcess('control', environment);
      }
      const { runs, promotions, users } = answered;
      const eachIsAnswered = waitUntil(
        'each kind of change is answered',
        () => Math.min(runs.size, promotions.length, users.size) > 0,
        120_000,
      );
      // Which goes on until it is told to stop: what ends earlier is a failure.
      await Promise.race([eachIsAnswered, working]);
      stop.abort();
      await Promise.all([eachIsAnswered, working]);
      isOver.resolve();
      const run = await watching;
      assert.equal(run.status, RunStatus.RUN_STATUS_FAILED);
      assert.match(run.error, /the end of the import/);
      assert.ok(told > 1, 'it was told anew by another process');
      await check(world, clients, answered, begun);
      return answered;
    } finally {
      isOver.resolve();
      clients.close();
      await process.kill('SIGTERM');
    }
  });

async function check(
  { database, temporal }: ControlWorld,
  clients: Clients,
  answered: Answered,
  begun: Date,
): Promise<void> {
  assert.ok(answered.disturbed > 0, 'nobody was disturbed: the test proved nothing');

  const started = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { workflowId, runId } of temporal.workflow.list({
      query: `WorkflowType = "ingestDataset" AND StartTime >= "${begun.toISOString()}"`,
    }))
      if (workflowId.startsWith('ingest-churn-')) ids.push(runId);
    return ids.sort();
  };
  await waitUntil('Temporal lists every run', async () => (await started()).length >= answered.runs.size);
  assert.deepEqual(await started(), [...answered.runs.values()].sort(), 'one run a key');

  const outcomes = await database.read(manager =>
    manager.execute<{ unit_key: string; revision: number }[]>(
      'select unit_key, revision from outcome order by id',
    ),
  );
  assert.deepEqual(
    outcomes,
    answered.outcomes.map(unit_key => ({ unit_key, revision: 1 })),
  );

  const events = (await listAliasEvents(database, 'churn', 'production')).toReversed();
  for (const [index, event] of events.entries()) {
    assert.equal(event.revision, index + 1);
    assert.equal(event.fromVersion, events[index - 1]?.toVersion ?? null);
    // What the operator saw is what the promotion followed.
    if (index > 0) assert.equal(event.toVersion, ((event.fromVersion ?? 0) % VERSIONS) + 1, event.reason);
  }
  const reasons = events.map(({ reason }) => reason);
  assert.equal(new Set(reasons).size, reasons.length, 'none was promoted twice');
  for (const reason of answered.promotions) assert.ok(reasons.includes(reason), reason);

  const users = await allPages({ filter: 'name != tester' }, async page => {
    const { users: items, nextPageToken } = await clients.accounts.listUsers(page);
    return { items, nextPageToken };
  });
  assert.deepEqual(new Map(users.map(({ name, disabled }) => [name, disabled])), answered.users);
  const audited = await allPages({ pageSize: 1000 }, async page => {
    const names = { actor: '', method: '', target: 'users' };
    const { events: items, nextPageToken } = await clients.accounts.listAuditEvents({ ...names, ...page });
    return { items, nextPageToken };
  });
  const changesOf = (name: string, method: string) =>
    audited.filter(event => event.target === `users/${name}` && event.method.endsWith(method));
  for (const { name, disabled } of users) {
    const creations = changesOf(name, '/CreateUser');
    assert.ok(creations.length > 0, `${name} was created without a record`);
    assert.ok(creations.filter(({ outcome }) => outcome === 'OK').length <= 1, `${name} was created twice`);
    if (disabled)
      assert.ok(changesOf(name, '/UpdateUser').length > 0, `${name} was disabled without a record`);
  }
}
