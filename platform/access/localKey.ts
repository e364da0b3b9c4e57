import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from '../HoldfastError.ts';
import { fileError } from '../lifecycle/fileError.ts';
import { writeFileAtomically } from '../writeFileAtomically.ts';
import { looksLikeSecret } from './secrets.ts';

// The key of whoever runs Holdfast on this machine: who can read the home can read everything in it, so that a file which only
// its owner can read proves as much as a login would. `npm start` makes it; the command presents it.

const schema = z.object({ format: z.literal(1), apiKey: z.string().refine(looksLikeSecret) });

export const localKeyPath = (home: string): string => join(home, 'credentials', 'local.json');

/** Null where there is none, or none that this account may read. @throws HoldfastError failedPrecondition where it is damaged */
export function readLocalKey(home: string): string | null {
  const path = localKeyPath(home);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return null;
    throw fileError(error, path);
  }
  try {
    return schema.parse(JSON.parse(text)).apiKey;
  } catch (cause) {
    throw new HoldfastError(
      'failedPrecondition',
      `${path} does not hold a key. Remove it: the next \`npm start\` makes another one.`,
      { cause },
    );
  }
}

export async function writeLocalKey(home: string, apiKey: string): Promise<void> {
  const path = localKeyPath(home);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await writeFileAtomically(path, `${JSON.stringify({ format: 1, apiKey }, null, 2)}\n`, { mode: 0o600 });
}
