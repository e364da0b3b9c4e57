import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Metadata } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { claimKey, keepAnswer, releaseClaim } from '../../db/idempotency/idempotencyKeys.ts';
import { readKeyedMethods } from '../../control/idempotency/readKeyedMethods.ts';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { sha256 } from '../../platform/sha256.ts';
import { RunServiceService, type StartTrainingRequest } from '../../proto/gen/holdfast/v1/run.ts';
import { createGrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';
import { AccountServiceService } from '../../proto/gen/holdfast/v1/account.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { registerSamples } from '../support/registrySamples.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { type ControlWorld, withControl } from '../support/withControl.ts';
import { withDatabase } from '../support/withDatabase.ts';

const training = (changes: Partial<StartTrainingRequest> = {}): StartTrainingRequest => ({
  model: 'churn',
  data: '',
  recipe: '',
  workflowId: '',
  trigger: '',
  ...changes,
});

const withKey = (key: string) => {
  const metadata = new Metadata();
  metadata.set('idempotency-key', key);
  return { metadata };
};

const arm = (name: string, version: string) => ({ name, version, weightPercent: 50, shadow: false });

/** As if control had been killed after it had done the work and before it could say so. */
const forgetAnswer = ({ database }: ControlWorld, key: string): Promise<unknown> =>
  database.write(manager =>
    manager.execute(
      `update idempotency_key set response = null, claimed_until = now() - interval '1 second' where key = ?`,
      [key],
    ),
  );

describe('idempotency keys', () => {
  it('are taken by everything that creates', () =>
    assert.deepEqual([...readKeyedMethods(readDescriptors())].sort(), [
      '/holdfast.v1.DatasetService/Ingest',
      '/holdfast.v1.DatasetService/Upload',
      '/holdfast.v1.ExperimentService/Start',
      '/holdfast.v1.ModelService/ImportVersion',
      '/holdfast.v1.OutcomeService/RecordOutcomes',
      '/holdfast.v1.RunService/StartTraining',
    ]));

  it('start one run of twenty requests at once, and answer alike whoever asks later', function () {
    return withControl(this, async world => {
      const { runs } = world;
      const key = randomUUID();
      const asked = await Promise.allSettled(
        Array.from({ length: 20 }, () => runs.startTraining(training(), withKey(key))),
      );
      const started = asked.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []));
      assert.ok(started.length >= 1);
      for (const each of asked)
        if (each.status === 'rejected') expectError('conflict', /is under way. Send it again/)(each.reason);
      assert.equal(new Set(started.map(({ id }) => id)).size, 1);
      const later = await runs.startTraining(training(), withKey(key));
      assert.deepEqual(later, started[0]);
      await waitUntil('Temporal lists it', async () => {
        const { runs: all } = await runs.list({ model: '', ...firstPage });
        return all.length > 0;
      });
      assert.equal((await runs.list({ model: '', ...firstPage })).runs.length, 1);
      const other = await runs.startTraining(training(), withKey(randomUUID()));
      assert.notEqual(other.id, started[0].id);
    });
  });

  it('refuse another request, name what is no key, and are free again after a refusal', function () {
    return withControl(this, async ({ runs, datasets }) => {
      const key = randomUUID();
      await assert.rejects(
        runs.startTraining(training({ recipe: 'best' }), withKey(key)),
        expectError('invalidArgument', /recipe: expected holdfast or original/),
      );
      await runs.startTraining(training(), withKey(key));
      const other = expectError(
        'invalidArgument',
        /given with another request \(\/holdfast\.v1\.RunService\/StartTraining, .*Take a new key/,
      );
      await assert.rejects(runs.startTraining(training({ recipe: 'original' }), withKey(key)), other);
      await assert.rejects(
        datasets.ingest({ model: 'churn', data: '', workflowId: '', trigger: '' }, withKey(key)),
        other,
      );
      await assert.rejects(
        runs.startTraining(training(), withKey('two words')),
        expectError('invalidArgument', /idempotency-key is no key: expected 1 to 255 ASCII/),
      );
    });
  });

  it('start nothing twice where control died between the work and its answer', function () {
    return withControl(this, async world => {
      const { runs, datasets, temporal } = world;
      const made = randomUUID();
      const first = await runs.startTraining(training(), withKey(made));
      await forgetAnswer(world, made);
      assert.equal((await runs.startTraining(training(), withKey(made))).id, first.id);

      const named = randomUUID();
      const ingestion = { model: 'churn', data: '', workflowId: 'i1', trigger: '' };
      const second = await datasets.ingest(ingestion, withKey(named));
      await temporal.workflow.getHandle('i1').terminate('it has ended meanwhile');
      await forgetAnswer(world, named);
      assert.equal((await datasets.ingest(ingestion, withKey(named))).id, second.id);
      const anew = await datasets.ingest(ingestion, withKey(randomUUID()));
      assert.notEqual(anew.id, second.id, 'another key is another run');
    });
  });

  it('start an experiment once, also where it was adjusted before the request came again', function () {
    return withControl(this, async world => {
      const { experiments, database } = world;
      await registerSamples(database, 2);
      const move = { model: 'churn', alias: 'production', version: 1, actor: 'test', reason: '' } as const;
      await moveAlias(database, { ...move, operationId: 'o' });
      const asked = {
        model: 'churn',
        name: 'once',
        arms: [arm('A', 'production'), arm('B', '2')],
        salt: '',
        reason: 'why not',
      };
      const key = randomUUID();
      const first = await experiments.start(asked, withKey(key));
      assert.deepEqual(await experiments.start(asked, withKey(key)), first);
      const weights = [
        { arm: 'A', weightPercent: 90 },
        { arm: 'B', weightPercent: 10 },
      ];
      await experiments.adjust({ model: 'churn', name: 'once', weights, reason: '' });
      await forgetAnswer(world, key);
      assert.equal((await experiments.start(asked, withKey(key))).revision, 2);
      await assert.rejects(
        experiments.start(asked, withKey(randomUUID())),
        expectError('alreadyExists', /choose another name/),
      );
    });
  });

  it('belong to the key or the user that asks, and not to whoever has the same name', function () {
    return withControl(this, async ({ address }) => {
      const open = { address, peer: 'control' };
      const clients: { close(): void }[] = [];
      const accountsAs = (secret?: string) => {
        const client = createGrpcClient(AccountServiceService, { ...open, secret });
        clients.push(client);
        return client;
      };
      const key = randomUUID();
      const startAs = async (secret: string) => {
        const client = createGrpcClient(RunServiceService, { ...open, secret });
        clients.push(client);
        return (await client.startTraining(training(), withKey(key))).id;
      };
      const admin = accountsAs(TEST_KEY);
      const namesake = async () =>
        (
          await admin.createKey({
            name: 'ci',
            role: Role.ROLE_OPERATOR,
            user: '',
            models: [],
            validDays: 0,
          })
        ).secret;
      const sessionOf = async (user: string) => {
        const { oneTimePassword } = await admin.createUser({
          name: user,
          role: Role.ROLE_OPERATOR,
          password: '',
        });
        const { token } = await accountsAs().login({ user, password: oneTimePassword });
        const newPassword = 'a password of its own';
        await accountsAs(token).changePassword({ currentPassword: oneTimePassword, newPassword });
        return token;
      };
      try {
        const secrets = [await namesake(), await namesake(), await sessionOf('ida')];
        const ids: string[] = [];
        for (const secret of secrets) ids.push(await startAs(secret));
        assert.deepEqual([await startAs(secrets[0]), await startAs(secrets[2])], [ids[0], ids[2]]);
        await admin.deleteUser({ name: 'ida' });
        ids.push(await startAs(await sessionOf('ida')));
        assert.equal(new Set(ids).size, 4);
      } finally {
        for (const client of clients) client.close();
      }
    });
  });

  it('are one caller’s own, held until they are let go or run out, and forgotten after a day', () =>
    withDatabase(async (database, { sql }) => {
      const asked = { caller: 'a', key: 'k', method: '/m', digest: sha256('request') };
      const claims = Array.from({ length: 20 }, () => randomUUID());
      const found = await Promise.all(claims.map(claim => claimKey(database, asked, claim)));
      assert.equal(found.filter(({ kind }) => kind === 'claimed').length, 1);
      assert.equal(found.filter(({ kind }) => kind === 'underWay').length, 19);
      const holder = claims[found.findIndex(({ kind }) => kind === 'claimed')];
      const other = await claimKey(database, { ...asked, caller: 'b' }, randomUUID());
      assert.equal(other.kind, 'claimed');

      await releaseClaim(database, asked, randomUUID(), false);
      assert.equal((await claimKey(database, asked, randomUUID())).kind, 'underWay', 'only its holder may');
      await releaseClaim(database, asked, holder, false);
      const again = await claimKey(database, asked, randomUUID());
      assert.ok(again.kind === 'claimed' && again.again);
      await keepAnswer(database, asked, Buffer.from([0, 255]));
      const answered = await claimKey(database, asked, randomUUID());
      assert.ok(answered.kind === 'answered');
      assert.deepEqual([...answered.response], [0, 255]);

      await sql(`update idempotency_key set first_at = first_at - interval '25 hours'`);
      const anew = await claimKey(database, { ...asked, digest: sha256('another') }, randomUUID());
      assert.ok(anew.kind === 'claimed' && !anew.again);
      const rows = await sql('select caller from idempotency_key');
      assert.deepEqual(rows, [{ caller: 'a' }]);
    }));
});
