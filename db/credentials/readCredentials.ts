import { type RoleName, lesserRole } from '../../platform/access/roles.ts';
import type { CredentialSnapshot } from '../../platform/access/Credential.ts';
import type { Database } from '../Database.ts';
import { readAccessRevision } from './readAccessRevision.ts';

interface Row {
  readonly hash: string;
  readonly kind: 'session' | 'key';
  readonly key_id: string;
  readonly key_name: string;
  readonly user: string;
  readonly user_id: string;
  readonly user_role: RoleName;
  readonly role: RoleName;
  readonly models: readonly string[];
  readonly must_change_password: boolean;
  readonly expires_at: string | null;
}

/** Every session and key that is good now; a key can do no more than its user. */
export async function readCredentials(database: Database): Promise<CredentialSnapshot> {
  // Asked first: what changes in between is read, and read again.
  const revision = await readAccessRevision(database);
  const rows = await database.read(manager =>
    manager.execute<Row[]>(
      `select s.token_hash as hash, 'session' as kind, '' as key_id, '' as key_name, u.name as user, u.id as user_id,
         u.role as user_role, u.role, array[]::text[] as models, u.must_change_password, s.expires_at
       from user_session s join user_account u on u.id = s.user_id
       where not u.disabled and s.expires_at > now()
       union all
       select k.key_hash, 'key', k.id, k.name, u.name, u.id, u.role, k.role, k.models, false, k.expires_at
       from api_key k join user_account u on u.id = k.user_id
       where not u.disabled and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`,
    ),
  );
  return {
    revision,
    credentials: rows.map(row => ({
      hash: row.hash,
      kind: row.kind,
      keyId: row.key_id,
      name: row.kind === 'key' ? `${row.user}/${row.key_name}` : row.user,
      user: row.user,
      userId: row.user_id,
      role: lesserRole(row.role, row.user_role),
      models: row.models,
      mustChangePassword: row.must_change_password,
      expiresAt: row.expires_at === null ? null : new Date(row.expires_at).getTime(),
    })),
  };
}
