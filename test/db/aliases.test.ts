import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, it } from 'mocha';
import type { AliasName } from '../../db/aliases/Alias.ts';
import { findAlias } from '../../db/aliases/findAlias.ts';
import { listAliases } from '../../db/aliases/listAliases.ts';
import { listAliasEvents } from '../../db/aliases/listAliasEvents.ts';
import { type AliasMove, moveAlias } from '../../db/aliases/moveAlias.ts';
import { previousProduction } from '../../db/aliases/previousProduction.ts';
import { productionAt } from '../../db/aliases/productionAt.ts';
import { versionBefore } from '../../db/aliases/versionBefore.ts';
import type { Database } from '../../db/Database.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { expectError } from '../support/expectError.ts';
import { withClient } from '../support/postgres.ts';
import { registerSamples } from '../support/registrySamples.ts';
import { withDatabase } from '../support/withDatabase.ts';

let operations = 0;
const moveTo = (version: number, changes: Partial<AliasMove> = {}): AliasMove => ({
  model: 'churn',
  alias: 'production',
  version,
  actor: 'ada',
  reason: 'better',
  operationId: `operation ${++operations}`,
  ...changes,
});

const standing = async (database: Database, alias: AliasName = 'production') =>
  (await findAlias(database, 'churn', alias))?.version ?? null;

describe('aliases', () => {
  it('move with an event that says who, why, when, from where', () =>
    withDatabase(async database => {
      const versions = await registerSamples(database, 2);
      assert.equal(await standing(database), null);
      const first = await moveAlias(database, moveTo(1));
      assert.deepEqual(first, {
        previousVersion: null,
        at: first.at,
        moved: true,
        revisions: { production: 1, staging: 0 },
      });
      const second = await moveAlias(
        database,
        moveTo(2, { actor: 'bob', reason: "it's new", operationId: 'x' }),
      );
      assert.deepEqual(second, {
        previousVersion: 1,
        at: second.at,
        moved: true,
        revisions: { production: 2, staging: 0 },
      });
      assert.deepEqual(await listAliases(database), [
        { model: 'churn', alias: 'production', version: 2, digest: versions[1].digest, revision: 2 },
      ]);
      assert.deepEqual(await findAlias(database, 'churn', 'production'), (await listAliases(database))[0]);
      const [newest, oldest] = await listAliasEvents(database, 'churn');
      assert.deepEqual(newest, {
        model: 'churn',
        alias: 'production',
        revision: 2,
        fromVersion: 1,
        toVersion: 2,
        actor: 'bob',
        reason: "it's new",
        operationId: 'x',
        at: second.at,
      });
      assert.deepEqual([oldest.fromVersion, oldest.toVersion, oldest.at], [null, 1, first.at]);
      assert.ok(newest.at > oldest.at);
    }));

  it('of different models and names do not disturb one another', () =>
    withDatabase(async database => {
      await registerSamples(database, 2);
      await registerSamples(database, 1, 'bank');
      await moveAlias(database, moveTo(1));
      await moveAlias(database, moveTo(2, { alias: 'staging' }));
      await moveAlias(database, moveTo(1, { model: 'bank' }));
      assert.deepEqual(
        (await listAliases(database)).map(({ model, alias, version }) => [model, alias, version]),
        [
          ['bank', 'production', 1],
          ['churn', 'production', 1],
          ['churn', 'staging', 2],
        ],
      );
      assert.equal((await listAliasEvents(database, 'churn')).length, 2);
      assert.equal((await listAliasEvents(database, 'churn', 'staging')).length, 1);
    }));

  it('that stand there already do not move, and have no event', () =>
    withDatabase(async database => {
      await registerSamples(database, 1);
      await moveAlias(database, moveTo(1));
      assert.deepEqual(await moveAlias(database, moveTo(1, { expectedVersion: 1 })), {
        previousVersion: 1,
        at: null,
        moved: false,
        revisions: { production: 1, staging: 0 },
      });
      assert.equal((await listAliasEvents(database, 'churn')).length, 1);
    }));

  it('are moved once by an operation, however often it is tried and whatever happened since', () =>
    withDatabase(async database => {
      await registerSamples(database, 3);
      await moveAlias(database, moveTo(1));
      const operation = moveTo(2, { expectedVersion: 1 });
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => moveAlias(database, operation)));
      for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0]);
      assert.equal(outcomes[0].moved, true);
      await moveAlias(database, moveTo(3));
      assert.deepEqual(await moveAlias(database, operation), outcomes[0]);
      assert.equal(await standing(database), 3);
      assert.equal((await listAliasEvents(database, 'churn')).length, 3);
      await assert.rejects(
        moveAlias(database, { ...operation, version: 1 }),
        expectError('invalidArgument', /operation id of its own/),
      );
      await assert.rejects(
        moveAlias(database, { ...operation, alias: 'staging' }),
        expectError('invalidArgument', /moved production of churn to version 2 before/),
      );
    }));

  it('refuse a move from where they are not, and to what is not there', () =>
    withDatabase(async database => {
      await registerSamples(database, 3);
      await assert.rejects(
        moveAlias(database, moveTo(1, { expectedVersion: 2 })),
        expectError('conflict', /production version of churn is none, not 2.*decide again/),
      );
      await moveAlias(database, moveTo(1, { expectedVersion: null }));
      for (const expectedVersion of [null, 3])
        await assert.rejects(
          moveAlias(database, moveTo(2, { expectedVersion })),
          expectError('conflict', /is 1, not (none|3)/),
        );
      await assert.rejects(moveAlias(database, moveTo(4)), expectError('notFound', /no version 4/));
      assert.equal(await standing(database), 1);
      assert.equal((await listAliasEvents(database, 'churn')).length, 1);
    }));

  it('moved by twenty at once stand on one version at every instant, and their history is whole', () =>
    withDatabase(async (database, { url }) => {
      await registerSamples(database, 5);
      await moveAlias(database, moveTo(1));
      const seen: number[] = [];
      const moving = new AbortController();
      const watch = withClient(url, async client => {
        while (!moving.signal.aborted) {
          const { rows } = await client.query(`select version from model_alias where alias = 'production'`);
          seen.push(rows.length);
        }
      });
      const moves = Array.from({ length: 20 }, (_, index) => moveTo((index % 5) + 1));
      const outcomes = await Promise.all(moves.map(move => moveAlias(database, move)));
      moving.abort();
      await watch;
      assert.ok(seen.length > 0);
      assert.ok(seen.every(count => count === 1));

      const events = (await listAliasEvents(database, 'churn')).toReversed();
      assert.equal(events.length, 1 + outcomes.filter(({ moved }) => moved).length);
      events.forEach((event, index) => {
        assert.equal(event.revision, index + 1);
        assert.equal(event.fromVersion, events[index - 1]?.toVersion ?? null);
        assert.ok(index === 0 || event.at > events[index - 1].at);
      });
      assert.equal(events.at(-1)?.toVersion, await standing(database));
      moves.forEach((move, index) => {
        const event = events.find(({ operationId }) => operationId === move.operationId);
        assert.equal(event !== undefined, outcomes[index].moved);
        assert.equal(event?.fromVersion ?? move.version, outcomes[index].previousVersion);
      });
    }));

  it('let one of twenty win who all believe to know where they stand', () =>
    withDatabase(async database => {
      await registerSamples(database, 21);
      await moveAlias(database, moveTo(1));
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          moveAlias(database, moveTo(index + 2, { expectedVersion: 1 })),
        ),
      );
      const refused = outcomes.filter(outcome => outcome.status === 'rejected');
      assert.equal(refused.length, 19);
      for (const { reason } of refused)
        assert.ok(reason instanceof HoldfastError && reason.code === 'conflict');
      assert.equal((await listAliasEvents(database, 'churn')).length, 2);
    }));

  it('tell listeners of every move, and of nothing else', () =>
    withDatabase(async (database, { url }) => {
      await registerSamples(database, 2);
      await withClient(url, async client => {
        const told: unknown[] = [];
        client.on('notification', ({ payload }) => told.push(JSON.parse(payload ?? '')));
        await client.query('listen holdfast_alias');
        await moveAlias(database, moveTo(1));
        await moveAlias(database, moveTo(1));
        await assert.rejects(moveAlias(database, moveTo(9)));
        await moveAlias(database, moveTo(2));
        while (told.length < 2) await sleep(5);
        await client.query('select 1');
        assert.deepEqual(told, [
          { model: 'churn', alias: 'production', version: 1 },
          { model: 'churn', alias: 'production', version: 2 },
        ]);
      });
    }));

  it('say what was in Production at any moment', () =>
    withDatabase(async database => {
      await registerSamples(database, 3);
      const at: Date[] = [];
      for (const version of [1, 2, 3]) {
        const moved = await moveAlias(database, moveTo(version));
        assert.ok(moved.at);
        at.push(moved.at);
        await moveAlias(database, moveTo(version, { alias: 'staging' }));
      }
      const versionAt = async (time: number) =>
        (await productionAt(database, 'churn', new Date(time)))?.toVersion ?? null;
      assert.equal(await versionAt(at[0].getTime() - 1), null);
      for (const [index, moment] of at.entries()) {
        assert.equal(await versionAt(moment.getTime()), index + 1);
        assert.equal(await versionAt(moment.getTime() - 1), index === 0 ? null : index);
      }
      assert.equal(await versionAt(Date.now() + 1000), 3);
      assert.equal(await productionAt(database, 'bank', new Date()), null);
    }));

  it('answer the version to roll back to', () =>
    withDatabase(async database => {
      await registerSamples(database, 3);
      assert.equal(await previousProduction(database, 'churn'), null);
      await moveAlias(database, moveTo(3, { alias: 'staging' }));
      const previous: (number | null)[] = [];
      for (const version of [1, 2, 3, 2, 1]) {
        await moveAlias(database, moveTo(version));
        previous.push(await previousProduction(database, 'churn'));
      }
      assert.deepEqual(previous, [null, 1, 2, 1, null]);
    }));
});

describe('versionBefore', () => {
  const cases: readonly { name: string; history: readonly number[]; before: number | null }[] = [
    { name: 'nothing was ever there', history: [], before: null },
    { name: 'the first stands', history: [1], before: null },
    { name: 'one after another', history: [1, 2, 3], before: 2 },
    { name: 'rolled back', history: [1, 2, 3, 2], before: 1 },
    { name: 'rolled back twice', history: [1, 2, 3, 2, 1], before: null },
    { name: 'rolled back, then a new one', history: [1, 2, 3, 2, 4], before: 2 },
    { name: 'rolled back, then promoted again', history: [1, 2, 3, 2, 3], before: 2 },
    { name: 'a promotion that was put back', history: [1, 2, 1], before: null },
    { name: 'an older version, not the one before', history: [1, 2, 3, 1], before: 3 },
    { name: 'an older version, then rolled back', history: [1, 2, 3, 1, 3], before: 2 },
  ];
  for (const { name, history, before } of cases)
    it(`${name}: ${history.join(' → ')} answers ${before}`, () =>
      assert.equal(versionBefore(history), before));
});
