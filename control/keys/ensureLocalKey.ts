import { hostname } from 'node:os';
import type { Database } from '../../db/Database.ts';
import { listAccounts } from '../../db/accounts/listAccounts.ts';
import { createKey } from '../../db/keys/createKey.ts';
import { findKey } from '../../db/keys/findKey.ts';
import { readLocalKey, writeLocalKey } from '../../platform/access/localKey.ts';
import { keyIdOf, makeKey } from '../../platform/access/secrets.ts';
import { sha256 } from '../../platform/sha256.ts';

/**
 * Sees to it that the key in the home is one that is good here: made where there is none, and recorded for an admin, before it
 * is used. One that was revoked stays so; one that is not recorded may have been revoked and gone with its user, so that another
 * takes its place.
 */
export async function ensureLocalKey(database: Database, home: string): Promise<void> {
  const present = readLocalKey(home);
  if (present !== null && (await findKey(database, { id: keyIdOf(present) })) !== null) return;
  const admins = (await listAccounts(database)).filter(({ role, disabled }) => role === 'admin' && !disabled);
  // The first one that there was, in most installations.
  const [owner] = admins.toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
  if (owner === undefined) return;
  const { id, secret } = makeKey();
  await writeLocalKey(home, secret);
  await createKey(database, {
    id,
    keyHash: sha256(secret),
    user: owner.name,
    name: `local-${hostname()
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .slice(0, 50)}`,
    role: 'admin',
    models: [],
    creator: 'npm start',
    madeBy: null,
    expiresAt: null,
  });
}
