import { Metadata } from '@grpc/grpc-js';
import type { Authorizer } from '../../platform/grpc/Authorizer.ts';
import type { Principal } from '../../platform/access/Principal.ts';
import { keyIdOf } from '../../platform/access/secrets.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { RoleName } from '../../platform/access/roles.ts';

// Who tests are: every test database has the user `tester`, an admin whose key this is; it is of no use anywhere else.

export const TEST_KEY = `hf_testkey000_${'t'.repeat(43)}`;

/** What a key of this name is, for tests that make some: good text, and known to nobody else. */
export const testKey = (name: string): string =>
  `hf_${sha256(name).slice(0, 10)}_${sha256(`secret of ${name}`).slice(0, 43)}`;

/** The hash of no password: nobody logs in by it. */
export const NO_PASSWORD = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** One statement, with its values. */
type Sql = (text: string, values: readonly unknown[]) => Promise<unknown>;

/** A user, and a key of this text that does what the user may. */
export async function addTestUser(
  sql: Sql,
  { name, role, key }: { readonly name: string; readonly role: RoleName; readonly key: string },
): Promise<void> {
  await sql(
    `insert into user_account (name, role, password_hash, must_change_password) values ($1, $2, $3, false)`,
    [name, role, NO_PASSWORD],
  );
  await sql(
    `insert into api_key (id, key_hash, user_id, name, role, creator)
     select $1, $2, id, 'test', $3, 'test' from user_account where name = $4`,
    [keyIdOf(key), sha256(key), role, name],
  );
}

/** For clients that are not ours. */
export function testMetadata(key = TEST_KEY): Metadata {
  const metadata = new Metadata();
  metadata.set('x-api-key', key);
  return metadata;
}

export const addTester = (sql: Sql): Promise<void> =>
  addTestUser(sql, { name: 'tester', role: 'admin', key: TEST_KEY });

const somebody: Principal = {
  kind: 'key',
  name: 'tester/test',
  user: 'tester',
  userId: '',
  keyId: keyIdOf(TEST_KEY),
  role: 'admin',
  models: [],
  mustChangePassword: false,
  expiresAt: null,
};

/** For tests of what lies behind it. */
export const letsAllIn: Authorizer = {
  guard: () => ({ admit: () => somebody, watch: () => () => undefined }),
};
