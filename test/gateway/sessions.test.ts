import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { hashPassword } from '../../control/accounts/passwords.ts';
import { sha256 } from '../../platform/sha256.ts';
import { startTestControl } from '../support/startTestControl.ts';
import { type TestDatabase, withDatabase } from '../support/withDatabase.ts';
import { type Gateway, withGateway } from '../support/withGateway.ts';

// A browser's session over REST: what is in the cookie, and what a request of somebody else's page comes to.

const PASSWORD = 'correct horse battery';

const withBrowser = <T>(
  test: (gateway: Gateway & Pick<TestDatabase, 'sql'>) => Promise<T>,
  trustedProxies: readonly string[] = [],
  isPublicHttps = false,
): Promise<T> =>
  withDatabase(async (database, { url, sql }) => {
    await sql(
      `insert into user_account (name, role, password_hash, must_change_password) values ('anna', 'admin', $1, false)`,
      [await hashPassword(PASSWORD)],
    );
    const { control } = await startTestControl(database, url);
    try {
      return await withGateway(
        { control: `127.0.0.1:${control.port}` },
        gateway => test({ ...gateway, sql }),
        { trustedProxies, isPublicHttps },
      );
    } finally {
      await control.close();
    }
  });

/** Where the tests call from. */
const PROXY = ['127.0.0.1'];
const nobody = { 'x-api-key': '' };
const credentials = { user: 'anna', password: PASSWORD };

describe('a session over REST', () => {
  it('is a cookie that no script reads, and is refused to change anything without the token that goes with it', () =>
    withBrowser(async ({ ask }) => {
      const wrong = await ask('POST', '/v1/session', { ...credentials, password: 'not this one' }, nobody);
      assert.equal(wrong.status, 401);
      const begun = await ask('POST', '/v1/session', credentials, nobody);
      assert.equal(begun.status, 200, begun.text);
      const answer = JSON.parse(begun.text);
      assert.deepEqual([answer.token, answer.caller.name], ['', 'anna']);
      const [written = ''] = begun.headers['set-cookie'] ?? [];
      assert.match(
        written,
        /^holdfast=hfs_[A-Za-z0-9_-]{43}; Path=\/; Max-Age=\d{6}; HttpOnly; SameSite=Strict$/,
      );
      const [cookie = ''] = written.split(';');
      const csrf = String(begun.headers['x-csrf-token']);
      const browser = { ...nobody, cookie: `theme=dark; ${cookie}` };

      const me = await ask('GET', '/v1/session', undefined, browser);
      assert.equal(me.headers['x-csrf-token'], csrf, 'a page that was loaded again learns it');
      const key = { name: 'ci' };
      for (const headers of [browser, { ...browser, 'x-csrf-token': 'guessed' }]) {
        const refused = await ask('POST', '/v1/keys', key, headers);
        assert.equal(refused.status, 403);
        assert.match(refused.text, /needs the header x-csrf-token/);
      }
      const made = await ask('POST', '/v1/keys', key, { ...browser, 'x-csrf-token': csrf });
      assert.equal(made.status, 200, made.text);
      const { secret } = JSON.parse(made.text);
      const bearer = { ...nobody, authorization: `Bearer ${secret}` };
      assert.equal(
        (await ask('POST', '/v1/keys', { name: 'second' }, bearer)).status,
        200,
        'no cookie, no need',
      );

      const ended = await ask('DELETE', '/v1/session', undefined, { ...browser, 'x-csrf-token': csrf });
      assert.equal(ended.status, 200, ended.text);
      assert.match(String(ended.headers['set-cookie']), /^holdfast=; Path=\/; Max-Age=0;/);
      assert.equal((await ask('GET', '/v1/session', undefined, browser)).status, 401);
    }));

  it('has a name of its own over https, and its older path', () =>
    withBrowser(async ({ ask }) => {
      const secure = { ...nobody, 'x-forwarded-proto': 'https' };
      const begun = await ask('POST', '/login', credentials, secure);
      const [written = ''] = begun.headers['set-cookie'] ?? [];
      assert.match(written, /^__Host-holdfast=hfs_.*; HttpOnly; SameSite=Strict; Secure$/);
      const [cookie = ''] = written.split(';');
      assert.equal((await ask('GET', '/users', undefined, { ...secure, cookie })).status, 200);
      assert.equal((await ask('GET', '/users', undefined, { ...nobody, cookie })).status, 401);
    }, PROXY));

  it('is not taken for one over https where anybody but a trusted proxy says so', () =>
    withBrowser(async ({ ask }) => {
      const begun = await ask('POST', '/login', credentials, { ...nobody, 'x-forwarded-proto': 'https' });
      assert.match(String(begun.headers['set-cookie']), /^holdfast=hfs_.*; SameSite=Strict$/);
    }));

  it('goes over https alone where the public address is https, though no proxy says so', () =>
    withBrowser(
      async ({ ask }) => {
        const begun = await ask('POST', '/v1/session', credentials, nobody);
        const [written = ''] = begun.headers['set-cookie'] ?? [];
        assert.match(written, /^__Host-holdfast=hfs_.*; HttpOnly; SameSite=Strict; Secure$/);
        const [cookie = ''] = written.split(';');
        assert.equal((await ask('GET', '/v1/users', undefined, { ...nobody, cookie })).status, 200);
      },
      [],
      true,
    ));

  it('is asked for before a body is read', () =>
    withBrowser(async ({ ask }) => {
      const refused = await ask('POST', '/v1/users', '{ no json', nobody);
      assert.deepEqual([refused.status, /say|said/.test(refused.text)], [401, true]);
    }));

  it('tells control the address that the gateway saw, whatever the caller writes', () =>
    withBrowser(async ({ ask }) => {
      await ask('POST', '/v1/session', credentials, { ...nobody, 'x-forwarded-for': '203.0.113.7' });
      const { events } = JSON.parse((await ask('GET', '/v1/audit')).text);
      assert.deepEqual([events[0].actor, events[0].peer], ['anna', '127.0.0.1']);
    }));

  it('tells control the nearest address that a trusted proxy saw, if it is one', () =>
    withBrowser(async ({ ask }) => {
      const told = ['203.0.113.7, 198.51.100.9', '198.51.100.9, 127.0.0.1', '::ffff:198.51.100.9', 'unknown'];
      for (const from of told)
        await ask('POST', '/v1/session', credentials, { ...nobody, 'x-forwarded-for': from });
      const { events } = JSON.parse((await ask('GET', '/v1/audit')).text);
      assert.deepEqual(events.map(({ peer }: { peer: string }) => peer).toReversed(), [
        '198.51.100.9',
        '198.51.100.9',
        '198.51.100.9',
        '127.0.0.1',
      ]);
    }, PROXY));

  it('holds back one network behind a trusted proxy and no other', () =>
    withBrowser(async ({ ask, sql }) => {
      const login = (from: string, password = PASSWORD) =>
        ask('POST', '/v1/session', { user: 'anna', password }, { ...nobody, 'x-forwarded-for': from });
      assert.equal((await login('2001:db8:1:2::5', 'not this one')).status, 401);
      const held = await sql(
        `update login_throttle set blocked_until = now() + interval '1 hour' where subject = $1 returning subject`,
        [sha256('peer 2001:db8:1:2::/64')],
      );
      assert.equal(held.length, 1);
      assert.equal((await login('2001:db8:1:2:ffff::7')).status, 429);
      assert.equal((await login('2001:db8:1:3::5')).status, 200);
    }, PROXY));
});
