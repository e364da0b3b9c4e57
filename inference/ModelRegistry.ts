import type { AliasTarget as RegisteredTarget } from '../db/aliases/Alias.ts';
import type { LoadedVersion } from '../db/processes/LoadedVersion.ts';
import type { RunningExperiment } from './experiments/RunningExperiment.ts';

/** Where an alias of a model stands, and the file of that version. */
export type AliasTarget = Omit<RegisteredTarget, 'revision'>;

/** What the model store asks of the registry. Any answer may be HoldfastError unavailable while PostgreSQL is away. */
export interface ModelRegistry {
  listAliases(): Promise<readonly AliasTarget[]>;
  /** Every version of every model that is not archived, newest first within a model. */
  listVersions(): Promise<readonly { readonly model: string; readonly version: number }[]>;
  /** Those that run. */
  listExperiments(): Promise<readonly RunningExperiment[]>;
  /** Those that somebody took out of service. */
  listUnloaded(): Promise<readonly string[]>;
  /** Takes a model out of service in every process, or back. */
  setUnloaded(model: string, unloaded: boolean): Promise<void>;
  /** @throws HoldfastError notFound */
  findDigest(model: string, version: number): Promise<string>;
  /** Says that this process lives, now, and replaces what it has loaded. */
  reportLoaded(processId: string, loaded: readonly LoadedVersion[]): Promise<void>;
  /** This process ends: nobody waits for it any more. */
  forget(processId: string): Promise<void>;
}
