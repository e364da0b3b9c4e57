import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { aliasNames } from '../db/aliases/Alias.ts';
import { sha256 } from '../platform/sha256.ts';
import { writeFileAtomically } from '../platform/writeFileAtomically.ts';
import type { RunningExperiment } from './experiments/RunningExperiment.ts';
import type { AliasTarget } from './ModelRegistry.ts';

// What inference needs to start and serve while PostgreSQL and the artifact store are away: where the aliases stood, which
// experiments ran, and the files of those versions, under <home>/inference. Several processes share it, and some hear of a promotion before others:
// each file is written whole or not at all, each process renews those that it serves, and one goes only when no process has
// renewed it for an hour and the aliases do not name it.

/** As it was when it was last known; both empty where nothing was kept. */
export interface KeptState {
  readonly aliases: readonly AliasTarget[];
  readonly experiments: readonly RunningExperiment[];
}

export interface LocalCopy {
  readState(): Promise<KeptState>;
  writeState(state: KeptState): Promise<void>;
  /** A kept file's bytes; null where it is not kept, or no longer what its name says. */
  readModel(digest: string): Promise<Uint8Array | null>;
  keepModel(digest: string, bytes: Uint8Array): Promise<void>;
  /** Says that the file is still in use. @returns whether it is there */
  renewModel(digest: string): Promise<boolean>;
  /** Removes what no process has used for an hour and the kept state does not name, and what killed writers left. */
  sweep(): Promise<void>;
}

const UNUSED_MS = 3_600_000;

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const stateSchema = z.object({
  format: z.literal(1),
  aliases: z.array(
    z.object({
      model: z.string().min(1),
      alias: z.enum(aliasNames),
      version: z.number().int().min(1),
      digest,
    }),
  ),
  experiments: z
    .array(
      z.object({
        model: z.string().min(1),
        name: z.string().min(1),
        salt: z.string(),
        allocation: z.array(z.object({ arm: z.string(), from: z.number().int(), to: z.number().int() })),
        arms: z.array(
          z.object({
            name: z.string().min(1),
            version: z.number().int().min(1).nullable(),
            alias: z.enum(aliasNames).nullable(),
            digest: digest.nullable(),
            shadow: z.boolean(),
          }),
        ),
      }),
    )
    .default([]),
});

/** @param warn told where a kept state cannot be read: it is passed over, for it is only a copy */
export function createLocalCopy(home: string, warn: (error: unknown, path: string) => void): LocalCopy {
  const folder = join(home, 'inference');
  const models = join(folder, 'models');
  const state = join(folder, 'state.json');
  const locate = (named: string): string => join(models, `${named}.onnx`);
  const nothing: KeptState = { aliases: [], experiments: [] };
  const readState = async (): Promise<KeptState> => {
    try {
      const text = await readIfThere(state);
      if (text === null) return nothing;
      const { aliases, experiments } = stateSchema.parse(JSON.parse(text.toString('utf8')));
      return { aliases, experiments };
    } catch (error) {
      warn(error, state);
      return nothing;
    }
  };
  return {
    readState,
    writeState: async kept => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFileAtomically(state, `${JSON.stringify({ format: 1, ...kept }, null, 2)}\n`);
    },
    readModel: async named => {
      const bytes = await readIfThere(locate(named));
      return bytes !== null && sha256(bytes) === named ? bytes : null;
    },
    keepModel: async (named, bytes) => {
      await mkdir(models, { recursive: true, mode: 0o700 });
      await writeFileAtomically(locate(named), bytes);
    },
    renewModel: async named => {
      const now = new Date();
      return (await ifThere(utimes(locate(named), now, now).then(() => true))) ?? false;
    },
    sweep: async () => {
      // As they stand now: another process may have written newer ones than this process knows.
      const { aliases, experiments } = await readState();
      const digests = [...aliases, ...experiments.flatMap(({ arms }) => arms)].map(each => each.digest);
      const named = new Set(digests.map(each => (each === null ? '' : basename(locate(each)))));
      await removeUnused(folder, name => name.endsWith('.tmp'));
      await removeUnused(
        models,
        name => name.endsWith('.tmp') || (name.endsWith('.onnx') && !named.has(name)),
      );
    },
  };
}

async function removeUnused(folder: string, mayGo: (name: string) => boolean): Promise<void> {
  for (const name of (await ifThere(readdir(folder))) ?? []) {
    if (!mayGo(name)) continue;
    const path = join(folder, name);
    const status = await ifThere(stat(path));
    if (status !== null && Date.now() - status.mtimeMs > UNUSED_MS) await rm(path, { force: true });
  }
}

const readIfThere = (path: string): Promise<Buffer | null> => ifThere(readFile(path));

const ifThere = <T>(asked: Promise<T>): Promise<T | null> =>
  asked.catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
