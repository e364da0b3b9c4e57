import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ensureLocalKey } from '../../control/keys/ensureLocalKey.ts';
import { deleteAccount } from '../../db/accounts/deleteAccount.ts';
import { findKey } from '../../db/keys/findKey.ts';
import { revokeKey } from '../../db/keys/revokeKey.ts';
import { readLocalKey } from '../../platform/access/localKey.ts';
import { keyIdOf } from '../../platform/access/secrets.ts';
import { addTestUser, testKey } from '../support/testAccess.ts';
import { withDatabase } from '../support/withDatabase.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

describe("this machine's key", () => {
  it('is made once, stays revoked, and does not rise again when its user is gone', () =>
    withTemporaryFolder(home =>
      withDatabase(async (database, { sql }) => {
        /** What the next start makes of it. */
        const start = async () => {
          await ensureLocalKey(database, home);
          const secret = readLocalKey(home) ?? assert.fail('no key in the home');
          const key = (await findKey(database, { id: keyIdOf(secret) })) ?? assert.fail('no such key');
          return { secret, user: key.user, isRevoked: key.revokedAt !== null };
        };
        const first = await start();
        assert.deepEqual([first.user, first.isRevoked], ['tester', false]);
        assert.deepEqual(await start(), first);
        await revokeKey(database, { id: keyIdOf(first.secret), withMade: false });
        assert.deepEqual(await start(), { ...first, isRevoked: true });

        await addTestUser(sql, { name: 'berta', role: 'admin', key: testKey('berta') });
        await deleteAccount(database, 'tester');
        const next = await start();
        assert.deepEqual([next.user, next.isRevoked], ['berta', false]);
        assert.notEqual(next.secret, first.secret);
        assert.equal(await findKey(database, { id: keyIdOf(first.secret) }), null);
      }),
    ));
});
