import assert from 'node:assert/strict';
import { Metadata } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';
import type { CreateKeyRequest } from '../../proto/gen/holdfast/v1/account.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { auditedMethods } from '../../platform/access/auditedMethods.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { TEST_KEY } from '../support/testAccess.ts';
import { withAccounts } from '../support/withAccounts.ts';

// Users, sessions and the audit log, over a real PostgreSQL and by real gRPC clients.

const none: CreateKeyRequest = { name: '', role: Role.ROLE_UNSPECIFIED, user: '', models: [], validDays: 0 };
const everything = { ...firstPage, actor: '', method: '', target: '' };

describe('accounts', () => {
  it('lets a new user do nothing but change the one-time password, and everything of the role afterwards', () =>
    withAccounts(async ({ admin, as }) => {
      const { user, oneTimePassword } = await admin.createUser({
        name: 'anna',
        role: Role.ROLE_OPERATOR,
        password: '',
      });
      assert.deepEqual(
        [user?.role, user?.mustChangePassword, user?.disabled],
        [Role.ROLE_OPERATOR, true, false],
      );
      assert.match(oneTimePassword, /^[a-z0-9]{5}(-[a-z0-9]{5}){3}$/);
      const { token, caller } = await as().login({ user: 'anna', password: oneTimePassword });
      assert.match(token, /^hfs_[A-Za-z0-9_-]{43}$/);
      assert.equal(caller?.mustChangePassword, true);
      const anna = as(token);
      assert.equal((await anna.me({})).mustChangePassword, true);
      await assert.rejects(
        anna.createKey({ ...none, name: 'early' }),
        expectError('permissionDenied', /one-time password and has to change it/),
      );
      for (const [newPassword, why] of [
        ['short', /12 to 256 characters, got 5/],
        ['aaaaaaaaaaaaaaaa', /at least 5 different/],
        [oneTimePassword, /another one than before/],
      ] as const)
        await assert.rejects(
          anna.changePassword({ currentPassword: oneTimePassword, newPassword }),
          expectError('invalidArgument', why),
        );
      await assert.rejects(
        anna.changePassword({ currentPassword: 'not this one at all', newPassword: 'correct horse battery' }),
        expectError('unauthenticated', /present password is wrong/),
      );
      const changed = await anna.changePassword({
        currentPassword: oneTimePassword,
        newPassword: 'correct horse battery',
      });
      assert.deepEqual([changed.name, changed.mustChangePassword], ['anna', false]);
      const { key, secret } = await anna.createKey({ ...none, name: 'ci' });
      assert.deepEqual([key?.user, key?.role, key?.creator], ['anna', Role.ROLE_OPERATOR, 'anna']);
      const me = await as(secret).me({});
      assert.deepEqual([me.name, me.user, me.keyId], ['anna/ci', 'anna', key?.id]);
      await anna.logout({});
      await assert.rejects(anna.me({}), expectError('unauthenticated', /not good here/));
      assert.equal((await as(secret).me({})).name, 'anna/ci', 'a key outlives the session');
    }));

  it('ends other sessions with a changed password, all with a reset one or a disabled user, and keys with the user', () =>
    withAccounts(async ({ admin, as, user }) => {
      const { client, password, token } = await user('berta', Role.ROLE_VIEWER);
      const other = as((await as().login({ user: 'berta', password })).token);
      await client.changePassword({ currentPassword: password, newPassword: 'another good password' });
      await assert.rejects(other.me({}), expectError('unauthenticated', /not good here/));
      const { secret } = await client.createKey({ ...none, name: 'mine' });
      const change = { name: 'berta', resetPassword: false };
      await admin.updateUser({ ...change, disabled: true });
      for (const bad of [token, secret])
        await assert.rejects(as(bad).me({}), expectError('unauthenticated', /not good here/));
      await assert.rejects(
        as().login({ user: 'berta', password: 'another good password' }),
        expectError('unauthenticated', /name or the password is wrong/),
      );
      await admin.updateUser({ ...change, disabled: false });
      assert.equal((await as(secret).me({})).user, 'berta', 'keys come back with the user');
      const { oneTimePassword } = await admin.updateUser({ ...change, resetPassword: true });
      assert.notEqual(oneTimePassword, '');
      await admin.updateUser({ ...change, role: Role.ROLE_PREDICTOR });
      assert.equal((await as(secret).me({})).role, Role.ROLE_VIEWER, 'a key keeps the lesser role');
      await admin.deleteUser({ name: 'berta' });
      await assert.rejects(as(secret).me({}), expectError('unauthenticated', /not good here/));
      await assert.rejects(admin.deleteUser({ name: 'berta' }), expectError('notFound', /no user "berta"/));
    }));

  it('keeps an admin, whoever goes', () =>
    withAccounts(async ({ admin, user }) => {
      for (const attempt of [
        () => admin.deleteUser({ name: 'tester' }),
        () => admin.updateUser({ name: 'tester', disabled: true, resetPassword: false }),
        () => admin.updateUser({ name: 'tester', role: Role.ROLE_VIEWER, resetPassword: false }),
      ])
        await assert.rejects(attempt(), expectError('failedPrecondition', /last admin/));
      await user('carla', Role.ROLE_ADMIN);
      const removals = ['tester', 'carla'].map(name =>
        admin.updateUser({ name, disabled: true, resetPassword: false }),
      );
      const settled = await Promise.allSettled(removals);
      assert.ok(settled.filter(({ status }) => status === 'fulfilled').length <= 1, 'not both at once');
    }));

  it('lets a user in from where that user has logged in before, whoever guesses from elsewhere', () =>
    withAccounts(async ({ as, user, sql }) => {
      const { password } = await user('karla', Role.ROLE_ADMIN);
      const from = (address: string, tried = password) => {
        const metadata = new Metadata();
        metadata.set('x-forwarded-for', address);
        return as().login({ user: 'karla', password: tried }, { metadata });
      };
      const wrong = 'a wrong password';
      const held = expectError('resourceExhausted', /Too many passwords were wrong/);
      // However long this test takes: time stands still in the database for who is held back.
      const freeze = () =>
        sql(
          `update login_throttle set blocked_until = now() + interval '30 s' where blocked_until > 'epoch'`,
        );
      assert.equal((await from('203.0.113.7')).caller?.name, 'karla');
      assert.equal((await from('2001:db8:1:2::3')).caller?.name, 'karla');
      for (let stranger = 1; stranger <= 8; stranger++) {
        await refusal(from(`198.51.100.${stranger}`, wrong));
        await freeze();
      }
      await assert.rejects(from('198.51.100.77'), held, 'from where nobody knows her, she is one of them');
      for (const home of ['203.0.113.7', '2001:db8:1:2:ffff::9'])
        assert.equal((await from(home)).caller?.name, 'karla', home);
      await assert.rejects(from('198.51.100.78', wrong), held, 'strangers gain nothing by it');

      for (let tries = 0; tries < 8; tries++) {
        await refusal(from('203.0.113.7', wrong));
        await freeze();
      }
      await assert.rejects(from('203.0.113.7'), held, 'a known peer has a budget, and no more');
      assert.equal((await from('2001:db8:1:2::3')).caller?.name, 'karla', 'each has its own');

      await sql(`update login_peer set seen_at = now() - interval '91 days'`);
      await assert.rejects(from('2001:db8:1:2::3'), held, 'what was long ago is forgotten');
      const peers = JSON.stringify(await sql('select * from login_peer'));
      assert.ok(!peers.includes('203.0.113') && !peers.includes('2001:'), 'networks are kept hashed');
    }));

  it('holds back who tries passwords, one after another or all at once, and says not which part was wrong', () =>
    withAccounts(async ({ admin, as, user, sql }) => {
      const { password } = await user('emil', Role.ROLE_VIEWER);
      const nobody = await refusal(as().login({ user: 'nobody', password: 'a wrong password' }));
      const wrong = await refusal(as().login({ user: 'emil', password: 'a wrong password' }));
      assert.equal(nobody, wrong);
      const tries = Array.from({ length: 20 }, () =>
        refusal(as().login({ user: 'emil', password: 'a wrong password' })),
      );
      const refusals = await Promise.all(tries);
      const checked = refusals.filter(message => message === wrong).length;
      assert.ok(checked <= 6, `${checked} of 20 at once were checked`);
      // However long this test takes: time stands still, and passes, in the database.
      const [held] = await sql<{ count: number }>(
        `update login_throttle set blocked_until = now() + interval '30 s' where blocked_until > failed_at returning 1 as count`,
      );
      assert.ok(held, 'somebody is held back');
      await assert.rejects(
        as().login({ user: 'emil', password }),
        expectError('resourceExhausted', /Try again in \d+ s/),
      );
      await sql(`update login_throttle set blocked_until = now() - interval '1 second'`);
      assert.equal((await as().login({ user: 'emil', password })).caller?.name, 'emil');
      const rows = await sql<{ failures: number }>(`select failures from login_throttle order by failures`);
      assert.equal(rows[0].failures, 0, 'the user starts afresh');
      // An address that tries many users is held back too.
      for (let n = 0; n < 25; n++)
        await as()
          .login({ user: `guess-${n}`, password: 'a wrong password' })
          .catch(() => undefined);
      await sql(`update login_throttle set blocked_until = now() + interval '30 s' where failures > 20`);
      await assert.rejects(
        as().login({ user: 'emil', password }),
        expectError('resourceExhausted', /Too many passwords were wrong/),
      );
      assert.ok((await admin.me({})).name.startsWith('tester'), 'keys are not held back');
    }));

  it('records every change with who, what, before and after, also what was refused, once and for good', () =>
    withAccounts(async ({ admin, as, user, sql }) => {
      const { client, password } = await user('frida', Role.ROLE_VIEWER);
      await admin.updateUser({ name: 'frida', role: Role.ROLE_PREDICTOR, resetPassword: false });
      await admin.deleteUser({ name: 'nobody' }).catch(() => undefined);
      await as()
        .login({ user: 'frida', password: 'a wrong password' })
        .catch(() => undefined);
      await as()
        .login({ user: 'hunter2-typed-here', password: 'x' })
        .catch(() => undefined);
      await as().login({ user: 'frida', password });
      await client.listKeys({ user: '', showEnded: false, ...firstPage });
      const { events } = await admin.listAuditEvents(everything);
      assert.deepEqual(
        events.map(({ actor, method, target, outcome }) => [actor, method.split('/')[1], target, outcome]),
        [
          ['frida', 'Login', 'session/frida', 'OK'],
          ['anonymous', 'Login', 'session/unknown', 'UNAUTHENTICATED'],
          ['anonymous', 'Login', 'session/frida', 'UNAUTHENTICATED'],
          ['tester/test', 'DeleteUser', 'users/nobody', 'NOT_FOUND'],
          ['tester/test', 'UpdateUser', 'users/frida', 'OK'],
          ['frida', 'ChangePassword', 'session', 'OK'],
          ['frida', 'Login', 'session/frida', 'OK'],
          ['tester/test', 'CreateUser', 'users/frida', 'OK'],
        ],
      );
      const update = events[4];
      assert.deepEqual(update.request, { name: 'frida', role: 'ROLE_PREDICTOR' });
      assert.equal(update.before?.role, 'ROLE_VIEWER');
      assert.equal(update.after?.user.role, 'ROLE_PREDICTOR');
      assert.deepEqual([update.role, update.peer], [Role.ROLE_ADMIN, '127.0.0.1']);
      assert.equal(events[7].after?.oneTimePassword, '[redacted]');
      for (const table of ['audit_event', 'audit_outcome'])
        for (const statement of [`delete from ${table}`, `truncate ${table} cascade`])
          await assert.rejects(sql(statement), /is refused/);
      await assert.rejects(sql(`update audit_event set actor = 'nobody'`), /is refused/);
      const pages: string[] = [];
      let pageToken = '';
      do {
        const page = await admin.listAuditEvents({ ...everything, pageSize: 3, pageToken });
        pages.push(...page.events.map(({ id }) => id));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      assert.deepEqual(
        pages,
        events.map(({ id }) => id),
      );
      const below = await admin.listAuditEvents({ ...everything, target: 'users' });
      assert.equal(below.events.length, 3);
      assert.equal((await admin.listAuditEvents({ ...everything, actor: 'frida' })).events.length, 3);
    }));

  it('knows what changes something from the descriptors', () => {
    const { methods } = auditedMethods(readDescriptors());
    const names = [...methods.keys()].map(path => path.replace('/holdfast.v1.', ''));
    for (const change of ['ModelService/Promote', 'RunService/StartTraining', 'AccountService/CreateKey'])
      assert.ok(names.includes(change), change);
    for (const read of ['ModelService/ListModels', 'AccountService/ListUsers', 'AccountService/Me'])
      assert.ok(!names.includes(read), read);
    assert.ok(![...methods.keys()].some(path => path.startsWith('/grpc.')));
  });

  it('leaves no secret in a table or a log', () =>
    withAccounts(async ({ admin, as, user, sql, logs }) => {
      const { client, token, password } = await user('gerda', Role.ROLE_OPERATOR);
      const { secret } = await client.createKey({ ...none, name: 'ci' });
      const { oneTimePassword } = await admin.updateUser({ name: 'tester', resetPassword: true });
      await as()
        .login({ user: 'gerda', password: `${password} mistyped` })
        .catch(() => undefined);
      const tables = await sql<{ name: string }>(
        `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
      );
      assert.ok(tables.length > 15);
      const texts: string[] = [];
      for (const { name } of tables) texts.push(JSON.stringify(await sql(`select * from "${name}"`)));
      const everywhere = [...texts, JSON.stringify(logs)].join('\n');
      assert.ok(everywhere.includes('gerda'));
      for (const hidden of [token, password, secret, oneTimePassword, TEST_KEY])
        assert.ok(!everywhere.includes(hidden), hidden);
      const { events } = await admin.listAuditEvents(everything);
      const answers = [
        await admin.listUsers(firstPage),
        await admin.listKeys({ user: '', showEnded: true, ...firstPage }),
        events.map(({ request, before, after }) => [request, before, after]),
        await client.me({}),
      ];
      const told = JSON.stringify(answers);
      assert.ok(told.includes('gerda'));
      assert.doesNotMatch(told, /argon2|[0-9a-f]{64}/, 'no hash is told either');
    }));
});

const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => assert.fail('it was let in'),
    (error: Error) => error.message,
  );
