import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { findAlias } from '../../db/aliases/findAlias.ts';
import { listAliasEvents } from '../../db/aliases/listAliasEvents.ts';
import { type AliasMove, type AliasMoved, moveAlias } from '../../db/aliases/moveAlias.ts';
import type { Database } from '../../db/Database.ts';
import { migrate } from '../../db/migrate.ts';
import { openDatabase } from '../../db/openDatabase.ts';
import { createRandom } from '../../ml/random/createRandom.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { startEmbeddedPostgres } from '../../platform/postgres/startEmbeddedPostgres.ts';
import { freePorts } from '../support/freePorts.ts';
import { registerSamples } from '../support/registrySamples.ts';
import { testSeed, withSeed } from '../support/testSeed.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// PostgreSQL is killed (SIGKILL to the postmaster) several times while promotions are under way, at moments that the seed
// draws, and started again on its data. Every promotion is tried again with its operation id until it is answered, as Temporal would.

const VERSIONS = 5;
const PROMOTERS = 6;
const KILLS = 4;

interface Outcome {
  readonly move: AliasMove;
  readonly moved: AliasMoved;
  readonly tries: number;
}

/** Moves Production about until told to stop; the last move is tried until it is answered. */
async function promote(database: Database, promoter: number, stop: AbortSignal): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (let step = 0; !stop.aborted; step++) {
    const move: AliasMove = {
      model: 'churn',
      alias: 'production',
      version: ((promoter + step * (promoter + 1)) % VERSIONS) + 1,
      actor: `promoter ${promoter}`,
      reason: `step ${step}`,
      operationId: `${promoter}/${step}`,
    };
    outcomes.push(await tryUntilAnswered(database, move));
  }
  return outcomes;
}

async function tryUntilAnswered(database: Database, move: AliasMove): Promise<Outcome> {
  for (let tries = 1; ; tries++)
    try {
      return { move, moved: await moveAlias(database, move), tries };
    } catch (error) {
      assert.ok(error instanceof HoldfastError && error.code === 'unavailable', String(error));
      await sleep(20);
    }
}

describe('PostgreSQL killed in the middle of promotions', () => {
  it('comes back with one Production, a linear history and every answered promotion, each once', () =>
    withSeed(() =>
      withTemporaryFolder(async folder => {
        const random = createRandom(testSeed);
        await chmod(folder, 0o755);
        const [port] = await freePorts(1);
        let server = await startEmbeddedPostgres({ folder, port });
        try {
          const database = await openDatabase({ url: server.url, applicationName: 'fault', poolSize: 4 });
          await migrate(database);
          await registerSamples(database, VERSIONS);
          const stop = new AbortController();
          const promoters = Promise.all(
            Array.from({ length: PROMOTERS }, (_, promoter) => promote(database, promoter, stop.signal)),
          );
          for (let kill = 0; kill < KILLS; kill++) {
            await sleep(50 + random.below(500));
            process.kill(server.pid, 'SIGKILL');
            await server.exited;
            server = await startEmbeddedPostgres({ folder, port });
          }
          await sleep(300);
          stop.abort();
          const outcomes = (await promoters).flat();
          await check(database, outcomes);
          // The pool kept nothing of the dead servers: closing it waits for nobody.
          await database.close();
        } finally {
          await server.stop();
        }
      }),
    ));
});

async function check(database: Database, outcomes: readonly Outcome[]): Promise<void> {
  const events = (await listAliasEvents(database, 'churn', 'production')).toReversed();
  events.forEach((event, index) => {
    assert.equal(event.revision, index + 1);
    assert.equal(event.fromVersion, events[index - 1]?.toVersion ?? null);
    assert.ok(index === 0 || event.at > events[index - 1].at);
  });
  assert.equal((await findAlias(database, 'churn', 'production'))?.version, events.at(-1)?.toVersion);

  assert.ok(
    outcomes.some(({ tries }) => tries > 1),
    'no promotion was disturbed: the test proved nothing',
  );
  const byOperation = new Map(events.map(event => [event.operationId, event]));
  assert.equal(byOperation.size, outcomes.filter(({ moved }) => moved.moved).length);
  for (const { move, moved } of outcomes) {
    const event = byOperation.get(move.operationId);
    const { revisions, ...outcome } = moved;
    assert.deepEqual(
      outcome,
      event
        ? { previousVersion: event.fromVersion, at: event.at, moved: true }
        : { previousVersion: move.version, at: null, moved: false },
    );
    // Also a move that was answered only to its second attempt tells its own number, not where the alias stood by then.
    assert.equal(revisions.staging, 0);
    if (event) assert.equal(revisions.production, event.revision);
    else assert.ok(revisions.production >= 1 && revisions.production <= events.length);
    assert.equal(event?.toVersion ?? move.version, move.version);
  }
}
