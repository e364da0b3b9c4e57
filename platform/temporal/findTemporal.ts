import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { HoldfastError } from '../HoldfastError.ts';
import { fetchWays, type FetchWay } from './fetchTemporal.ts';
import { PINNED_VERSION, temporalVersion } from './temporalVersion.ts';

// Where the Temporal CLI comes from: PATH, our cache, or fetched into the cache, which lies outside the checkout so that
// `npm ci` does not empty it. Every way that fails is told with its reason; none may hang.

export interface FindTemporalOptions {
  /** Where PATH, HOME and the cache's place are read. Default: process.env. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Takes the cache where the user's cache folder cannot be written. */
  readonly fallbackFolder: string;
  /** Told what is being fetched: it may take a minute. */
  readonly print?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly ways?: readonly FetchWay[];
}

export interface FoundTemporal {
  readonly path: string;
  readonly version: string;
  /** `PATH`, `cache`, or the way by which it was fetched. */
  readonly source: string;
}

/** @throws HoldfastError failedPrecondition with everything that was tried and what to do. */
export async function findTemporal(options: FindTemporalOptions): Promise<FoundTemporal> {
  const environment = options.environment ?? process.env;
  const tried: string[] = [];
  const onPath = searchPath(environment.PATH ?? '');
  if (onPath === null) tried.push('`temporal` on PATH: there is none');
  else {
    const found = await temporalVersion(onPath);
    if (found.version !== null) return { path: onPath, version: found.version, source: 'PATH' };
    tried.push(`${onPath}: ${found.reason}`);
  }
  const folder = cacheFolder(environment, options.fallbackFolder);
  const cached = join(folder, 'temporal');
  const inCache = await temporalVersion(cached);
  if (inCache.version !== null) return { path: cached, version: inCache.version, source: 'cache' };
  tried.push(isThere(cached) ? `the cache ${cached}: ${inCache.reason}` : `the cache ${folder}: it is empty`);
  return await fetchIntoCache(folder, tried, environment, options);
}

async function fetchIntoCache(
  folder: string,
  tried: string[],
  environment: NodeJS.ProcessEnv,
  { print = () => undefined, signal, ways = fetchWays }: FindTemporalOptions,
): Promise<FoundTemporal> {
  for (const way of ways) {
    print(`Fetching the Temporal CLI ${PINNED_VERSION}: ${way.name} …`);
    const temporary = mkdtempSync(join(folder, 'fetch-'));
    try {
      const fetched = await way.fetch({ folder: temporary, environment, signal });
      if ('reason' in fetched) {
        tried.push(`${way.name}: ${fetched.reason}`);
        continue;
      }
      const found = await temporalVersion(fetched.path);
      if (found.version === null) {
        tried.push(`${way.name}: ${found.reason}`);
        continue;
      }
      chmodSync(fetched.path, 0o755);
      const path = join(folder, 'temporal');
      renameSync(fetched.path, path);
      return { path, version: found.version, source: way.name };
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  throw new HoldfastError(
    'failedPrecondition',
    `The Temporal CLI is missing and could not be fetched. Tried: ${tried.join('; ')}. Put a \`temporal\` (version ${PINNED_VERSION} or near) on PATH, let one of these ways reach its network, or set TEMPORAL_ADDRESS to a Temporal server of yours.`,
  );
}

/** The first executable `temporal` of PATH, as an absolute path: a relative one would change its meaning with the folder. */
function searchPath(path: string): string | null {
  const candidates = path
    .split(delimiter)
    .filter(folder => isAbsolute(folder))
    .map(folder => join(folder, 'temporal'));
  return candidates.find(isThere) ?? null;
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Absent or not for us: either way it cannot be run.
  }
}

function cacheFolder(environment: NodeJS.ProcessEnv, fallbackFolder: string): string {
  const asked = environment.XDG_CACHE_HOME ?? '';
  const home = environment.HOME ?? homedir();
  // The XDG specification: a relative path there is to be ignored.
  const base = isAbsolute(asked) ? asked : join(home, '.cache');
  const preferred = join(base, 'holdfast', 'temporal', PINNED_VERSION);
  for (const folder of [preferred, join(fallbackFolder, 'temporal', PINNED_VERSION)]) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      if (isThere(join(folder, 'temporal'))) return folder; // Filled by someone else: reading it is enough.
    }
  }
  throw new HoldfastError(
    'failedPrecondition',
    `Neither ${preferred} nor ${fallbackFolder} can be written to keep the Temporal CLI: set XDG_CACHE_HOME to a folder of yours, or put \`temporal\` on PATH.`,
  );
}
