import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';
import type { CreateKeyRequest } from '../../proto/gen/holdfast/v1/account.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withAccounts } from '../support/withAccounts.ts';

// Keys: what they may do, how long they live and what ends with them, over a real PostgreSQL and by real gRPC clients.

const none: CreateKeyRequest = { name: '', role: Role.ROLE_UNSPECIFIED, user: '', models: [], validDays: 0 };

describe('API keys', () => {
  it('makes keys that can do no more, and live no longer, than their maker', () =>
    withAccounts(async ({ admin, as, user }) => {
      const { client } = await user('dora', Role.ROLE_PREDICTOR);
      await assert.rejects(
        client.createKey({ ...none, name: 'more', role: Role.ROLE_OPERATOR }),
        expectError('permissionDenied', /no key can do more than its maker/),
      );
      await assert.rejects(
        client.createKey({ ...none, name: 'theirs', user: 'tester' }),
        expectError('permissionDenied', /only an admin/),
      );
      const narrow = await client.createKey({ ...none, name: 'narrow', models: ['churn'], validDays: 3 });
      const maker = as(narrow.secret);
      await assert.rejects(
        maker.createKey({ ...none, name: 'wide', models: ['bank'] }),
        expectError('permissionDenied', /other models than churn/),
      );
      const child = await maker.createKey({ ...none, name: 'child', role: Role.ROLE_VIEWER });
      assert.deepEqual(child.key?.models, ['churn']);
      assert.ok((child.key?.expireTime ?? 0) <= (narrow.key?.expireTime ?? 0));
      assert.equal(child.key?.creator, 'dora/narrow');
      const bad: readonly [Partial<CreateKeyRequest>, RegExp][] = [
        [{ name: '' }, /name: expected a letter or digit/],
        [{ name: 'x', validDays: 4000 }, /valid_days: expected 1 to 3650, got 4000/],
        [{ name: 'x', models: ['No!'] }, /models\[0\]: expected a model's name/],
      ];
      for (const [asked, why] of bad)
        await assert.rejects(client.createKey({ ...none, ...asked }), expectError('invalidArgument', why));
      await assert.rejects(
        admin.createKey({ ...none, name: 'mighty', models: ['churn'] }),
        expectError(
          'invalidArgument',
          /key for churn alone is a predictor's or a viewer's.*leave the models out/,
        ),
      );
      const own = await client.listKeys({ user: '', showEnded: false, ...firstPage });
      assert.deepEqual(
        own.keys.map(({ name }) => name),
        ['child', 'narrow'],
      );
      await assert.rejects(
        client.listKeys({ user: 'tester', showEnded: false, ...firstPage }),
        expectError('permissionDenied', /own keys only/),
      );
      const foreign = (await admin.listKeys({ user: 'tester', showEnded: false, ...firstPage })).keys[0];
      await assert.rejects(
        client.revokeKey({ id: foreign.id, withMade: false }),
        expectError('notFound', /of dora/),
      );
      await admin.revokeKey({ id: narrow.key?.id ?? '', withMade: false });
      await assert.rejects(maker.me({}), expectError('unauthenticated', /not good here/));
      const all = await admin.listKeys({ user: 'dora', showEnded: true, ...firstPage });
      assert.deepEqual(
        all.keys.map(({ name, revokeTime }) => [name, revokeTime !== undefined]),
        [
          ['child', false],
          ['narrow', true],
        ],
      );
    }));

  it('lets a key end and see nothing but itself, unless it is an admin’s', () =>
    withAccounts(async ({ admin, as, user }) => {
      const { client } = await user('hanna', Role.ROLE_OPERATOR);
      const strong = await client.createKey({ ...none, name: 'strong' });
      const weak = await client.createKey({ ...none, name: 'weak', role: Role.ROLE_VIEWER });
      const idOf = ({ key }: typeof strong): string => key?.id ?? '';
      for (const [presented, other] of [
        [weak, strong],
        [strong, weak],
      ]) {
        const holder = as(presented.secret);
        await assert.rejects(
          holder.revokeKey({ id: idOf(other), withMade: false }),
          expectError('permissionDenied', /ends itself \(.*\) and no other. Log in as hanna/),
        );
        for (const name of ['', 'hanna'])
          assert.deepEqual(
            (await holder.listKeys({ user: name, showEnded: true, ...firstPage })).keys.map(({ id }) => id),
            [idOf(presented)],
          );
      }
      assert.equal(
        (await client.listKeys({ user: '', showEnded: false, ...firstPage })).keys.length,
        2,
        'a session sees all',
      );
      const { id } = await as(weak.secret).revokeKey({ id: idOf(weak), withMade: false });
      assert.equal(id, idOf(weak));
      await assert.rejects(as(weak.secret).me({}), expectError('unauthenticated', /not good here/));
      const another = await client.createKey({ ...none, name: 'another' });
      await client.revokeKey({ id: idOf(strong), withMade: false });
      await admin.revokeKey({ id: idOf(another), withMade: false });
      assert.deepEqual((await client.listKeys({ user: '', showEnded: false, ...firstPage })).keys, []);
    }));

  it('tells how many keys that came of a revoked one work on, and ends them where asked to', () =>
    withAccounts(async ({ admin, as, user, sql }) => {
      const { client } = await user('irma', Role.ROLE_OPERATOR);
      const first = await client.createKey({ ...none, name: 'first' });
      const second = await as(first.secret).createKey({ ...none, name: 'second' });
      const third = await as(second.secret).createKey({ ...none, name: 'third' });
      const other = await client.createKey({ ...none, name: 'other' });
      const idOf = ({ key }: typeof first): string => key?.id ?? '';
      const { keys } = await client.listKeys({ user: '', showEnded: false, ...firstPage });
      assert.deepEqual(
        new Map(keys.map(({ name, madeBy }) => [name, madeBy])),
        new Map([
          ['other', ''],
          ['third', idOf(second)],
          ['second', idOf(first)],
          ['first', ''],
        ]),
      );
      const left = await client.revokeKey({ id: idOf(first), withMade: false });
      assert.equal(left.workingMadeCount, 2);
      for (const { secret } of [second, third]) assert.equal((await as(secret).me({})).user, 'irma');
      const ended = await as(second.secret).revokeKey({ id: idOf(second), withMade: false });
      assert.equal(ended.workingMadeCount, 1, 'by the key itself');
      const all = await client.revokeKey({ id: idOf(first), withMade: true });
      assert.equal(all.workingMadeCount, 0);
      for (const { secret } of [first, second, third])
        await assert.rejects(as(secret).me({}), expectError('unauthenticated', /not good here/));
      assert.equal((await as(other.secret).me({})).user, 'irma');

      // What an admin's key made for others is an admin's to end.
      const theirs = await admin.createKey({ ...none, name: 'theirs', user: 'irma', role: Role.ROLE_VIEWER });
      const maker = theirs.key?.madeBy ?? '';
      await user('jutta', Role.ROLE_ADMIN);
      await sql(`update user_account set role = 'viewer' where name = 'tester'`);
      await waitUntil('it is heard of', async () => (await as(TEST_KEY).me({})).role === Role.ROLE_VIEWER);
      const own = await as(TEST_KEY).revokeKey({ id: maker, withMade: true });
      assert.equal(own.workingMadeCount, 1);
      assert.equal((await as(theirs.secret).me({})).user, 'irma');
      await assert.rejects(
        sql(`update api_key set made_by = null where name = 'second'`),
        /never changes, it only ends/,
      );
    }));
});
