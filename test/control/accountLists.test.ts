import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';
import { allPages } from '../support/allPages.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { type AccountWorld, withAccounts } from '../support/withAccounts.ts';

// Users, keys and the audit log, page by page, while some come and some go.

type Client = AccountWorld['admin'];

const userPages =
  (client: Client) =>
  async (page: typeof firstPage): Promise<{ items: string[]; nextPageToken: string }> => {
    const { users, nextPageToken } = await client.listUsers(page);
    return { items: users.map(({ name }) => name), nextPageToken };
  };

const keyPages =
  (client: Client, user = '', showEnded = false) =>
  async (page: typeof firstPage): Promise<{ items: string[]; nextPageToken: string }> => {
    const { keys, nextPageToken } = await client.listKeys({ user, showEnded, ...page });
    return { items: keys.map(({ name }) => name), nextPageToken };
  };

const named = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `u${String(index).padStart(3, '0')}`);

/** Straight into the table: a password's hash takes its time. */
const addUsers = ({ sql }: AccountWorld, count: number) =>
  sql(
    `insert into user_account (name, role, password_hash, must_change_password, disabled)
     select 'u' || lpad(n::text, 3, '0'), case when n % 3 = 0 then 'operator' else 'viewer' end, '$argon2id$', true, n % 5 = 0
     from generate_series(0, ${count - 1}) as n`,
  );

/** Those that are not deleted on the way. */
const stay = (name: string): boolean => !/^u0[0-9]5$/.test(name);

const sorted = (names: readonly string[]): string[] => names.toSorted();

describe('AccountService lists', () => {
  it('pages through users by name, filtered and ordered, and neither repeats nor hides one while others come and go', () =>
    withAccounts(async world => {
      const { admin } = world;
      await addUsers(world, 120);
      const all = await allPages({}, userPages(admin));
      assert.deepEqual(all, ['tester', ...named(120)], 'more than a page of 50');
      let round = 0;
      const found = await allPages({ pageSize: 7 }, userPages(admin), async seen => {
        const last = seen.at(-1) ?? '';
        // One that was seen goes, one that is to come goes, and one comes on either side.
        for (const name of [seen[0], `u0${round}5`])
          if (!stay(name)) await admin.deleteUser({ name }).catch(() => undefined);
        const create = { role: Role.ROLE_VIEWER, password: '' };
        if (round < 3)
          for (const name of [`a${round}`, `${last}x`]) await admin.createUser({ name, ...create });
        round++;
      });
      assert.equal(new Set(found).size, found.length, 'none twice');
      assert.deepEqual(
        found.filter(name => stay(name) && /^u\d{3}$/.test(name)),
        named(120).filter(stay),
      );
      assert.ok(found.some(name => name.endsWith('x')) && !found.includes('a0'), 'what comes behind is seen');
      assert.deepEqual(
        await allPages({ pageSize: 5, filter: 'role = operator AND disabled = true' }, userPages(admin)),
        named(120).filter((_, index) => index % 15 === 0 && stay(named(120)[index])),
      );
      const { users } = await admin.listUsers({ ...firstPage, orderBy: 'name desc', pageSize: 1 });
      assert.equal(users[0].name, 'u119');
      for (const [wrong, why] of [
        [{ filter: 'password_hash:*' }, /filter .*password_hash/],
        [{ orderBy: 'last_login_time' }, /orders nothing/],
        [{ pageToken: 'x' }, /page_token is not one/],
        [{ pageSize: 1001 }, /expected 1 to 1000/],
      ] as const)
        await assert.rejects(
          admin.listUsers({ ...firstPage, ...wrong }),
          expectError('invalidArgument', why),
        );
    }));

  it('pages through keys, of whom the caller sees, newest first, also while some end', () =>
    withAccounts(async world => {
      const { admin, sql } = world;
      await addUsers(world, 2);
      await sql(
        `insert into api_key (id, key_hash, user_id, name, role, models, creator, created_at, revoked_at)
         select lpad(n::text, 10, 'k'), encode(sha256(n::text::bytea), 'hex'), u.id, 'key' || n, 'viewer',
           case when n % 4 = 0 then '{churn}'::text[] else '{}' end, 'test', now() - n / 3 * interval '1 minute',
           case when n % 10 = 9 then now() end
         from generate_series(0, 149) as n join user_account u on u.name = case when n < 100 then 'u000' else 'u001' end`,
      );
      const numbers = Array.from({ length: 150 }, (_, index) => index);
      const keysOf = (keep: (n: number) => boolean) => numbers.filter(keep).map(n => `key${n}`);
      const working = await allPages({ filter: 'name != test' }, keyPages(admin));
      assert.deepEqual(sorted(working), sorted(keysOf(n => n % 10 !== 9)));
      const everything = await allPages({ pageSize: 11 }, keyPages(admin, 'u000', true));
      assert.deepEqual(sorted(everything), sorted(keysOf(n => n < 100)));
      const left = await allPages({ pageSize: 10 }, keyPages(admin, 'u000'), async () => {
        for (const id of ['kkkkkkkk91', 'kkkkkkkk95'])
          await admin.revokeKey({ id, withMade: false }).catch(() => undefined);
      });
      assert.deepEqual(
        sorted(left),
        sorted(keysOf(n => n < 100 && n % 10 !== 9 && n !== 91 && n !== 95)),
        'two ended between the pages',
      );
      const bound = await allPages({ filter: 'models:churn', pageSize: 9 }, keyPages(admin, 'u001', true));
      assert.deepEqual(sorted(bound), sorted(keysOf(n => n >= 100 && n % 4 === 0)));
      await assert.rejects(
        admin.listKeys({ user: '', showEnded: false, ...firstPage, filter: 'key_hash:*' }),
        expectError('invalidArgument', /key_hash/),
      );
    }));

  it('pages through the audit log, filtered, while it grows', () =>
    withAccounts(async ({ admin, sql }) => {
      await sql(
        `insert into audit_event (actor, role, peer, method, target, request)
         select case when n % 2 = 0 then 'anna' else 'berta' end, 'admin', '127.0.0.1', 'holdfast.v1.ModelService/Promote',
           'models/' || case n % 3 when 0 then 'churn' when 1 then 'churn-2' else 'churn/versions/' || n end, '{}'
         from generate_series(1, 130) as n`,
      );
      await sql(
        `insert into audit_outcome (event_id, code, message)
         select id, case when id % 10 = 0 then 'NOT_FOUND' else 'OK' end, '' from audit_event where id % 7 <> 0`,
      );
      const plain = { actor: '', method: '', target: '' };
      const ask =
        (names: Partial<typeof plain>) =>
        async (page: typeof firstPage): Promise<{ items: number[]; nextPageToken: string }> => {
          const { events, nextPageToken } = await admin.listAuditEvents({ ...plain, ...names, ...page });
          return { items: events.map(({ id }) => Number(id)), nextPageToken };
        };
      const ids = Array.from({ length: 130 }, (_, index) => 130 - index);
      assert.deepEqual(
        await allPages({ pageSize: 12 }, ask({}), found =>
          admin.updateUser({ name: `nobody-${found.length}`, resetPassword: false }).catch(() => undefined),
        ),
        ids,
        'what comes meanwhile is newer than the first page',
      );
      assert.deepEqual(
        await allPages({ pageSize: 8 }, ask({ target: 'models/churn', actor: 'anna' })),
        ids.filter(id => id % 3 !== 1 && id % 2 === 0),
      );
      assert.deepEqual(
        await allPages({ filter: 'outcome = NOT_FOUND AND actor = anna', orderBy: 'id' }, ask({})),
        ids.filter(id => id % 10 === 0 && id % 7 !== 0).toReversed(),
      );
      assert.deepEqual(
        await allPages({ filter: 'NOT outcome:* AND actor != "tester/test"' }, ask({})),
        ids.filter(id => id % 7 === 0),
      );
    }));
});
