import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { aliasNames } from '../db/aliases/Alias.ts';
import { sha256 } from '../platform/sha256.ts';
import { writeFileAtomically } from '../platform/writeFileAtomically.ts';
import type { AliasTarget } from './ModelRegistry.ts';

// What inference needs to start and serve while PostgreSQL and the artifact store are away: where the aliases stood and the
// files of those versions, under <home>/inference. Several processes share it; each file is written whole or not at all.

export interface LocalCopy {
  /** Where the aliases stood when they were last known; empty where nothing was kept. */
  readAliases(): Promise<readonly AliasTarget[]>;
  /** Keeps the aliases, and of the files only those named. */
  writeAliases(aliases: readonly AliasTarget[], digests: ReadonlySet<string>): Promise<void>;
  /** A kept file's bytes; null where it is not kept, or no longer what its name says. */
  readModel(digest: string): Promise<Uint8Array | null>;
  keepModel(digest: string, bytes: Uint8Array): Promise<void>;
}

const stateSchema = z.object({
  format: z.literal(1),
  aliases: z.array(
    z.object({
      model: z.string().min(1),
      alias: z.enum(aliasNames),
      version: z.number().int().min(1),
      digest: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

/** @param warn told where a kept state cannot be read: it is passed over, for it is only a copy */
export function createLocalCopy(home: string, warn: (error: unknown, path: string) => void): LocalCopy {
  const folder = join(home, 'inference');
  const models = join(folder, 'models');
  const state = join(folder, 'state.json');
  const locate = (digest: string): string => join(models, `${digest}.onnx`);
  return {
    readAliases: async () => {
      try {
        const text = await readIfThere(state);
        return text === null ? [] : stateSchema.parse(JSON.parse(text.toString('utf8'))).aliases;
      } catch (error) {
        warn(error, state);
        return [];
      }
    },
    writeAliases: async (aliases, digests) => {
      await mkdir(models, { recursive: true });
      await writeFileAtomically(state, `${JSON.stringify({ format: 1, aliases }, null, 2)}\n`);
      for (const name of await readdir(models))
        if (name.endsWith('.onnx') && !digests.has(name.slice(0, -'.onnx'.length)))
          await rm(join(models, name), { force: true });
    },
    readModel: async digest => {
      const bytes = await readIfThere(locate(digest));
      return bytes !== null && sha256(bytes) === digest ? bytes : null;
    },
    keepModel: async (digest, bytes) => {
      await mkdir(models, { recursive: true });
      await writeFileAtomically(locate(digest), bytes);
    },
  };
}

const readIfThere = (path: string): Promise<Buffer | null> =>
  readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
