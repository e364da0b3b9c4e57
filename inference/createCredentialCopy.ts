import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CredentialCopy } from '../db/credentials/followCredentials.ts';
import { roleNames } from '../platform/access/roles.ts';
import { writeFileAtomically } from '../platform/writeFileAtomically.ts';

// Which keys and sessions were good when PostgreSQL was last there, under <home>/inference, for a start without it. It holds
// hashes and no secret, and is its owner's alone all the same. Several processes write the same.

const schema = z.object({
  format: z.literal(1),
  revision: z.string(),
  credentials: z.array(
    z.object({
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      kind: z.enum(['session', 'key']),
      keyId: z.string(),
      name: z.string().min(1),
      user: z.string().min(1),
      // A copy that an earlier version wrote has none, and inference asks for none.
      userId: z.string().default(''),
      role: z.enum(roleNames),
      models: z.array(z.string()),
      mustChangePassword: z.boolean(),
      expiresAt: z.number().nullable(),
    }),
  ),
});

/** @param warn told where the kept file cannot be read: it is passed over, for it is only a copy */
export function createCredentialCopy(
  home: string,
  warn: (error: unknown, path: string) => void,
): CredentialCopy {
  const folder = join(home, 'inference');
  const path = join(folder, 'credentials.json');
  return {
    read: async () => {
      try {
        return schema.parse(JSON.parse(await readFile(path, 'utf8')));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) warn(error, path);
        return null;
      }
    },
    write: async ({ revision, credentials }) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFileAtomically(path, `${JSON.stringify({ format: 1, revision, credentials })}\n`);
    },
  };
}
