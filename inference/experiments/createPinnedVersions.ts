import type { Logger } from '../../observability/createLogger.ts';
import type { LoadedModel } from '../LoadedModel.ts';
import type { VersionTarget } from './createExperiments.ts';

// The versions that experiments need besides Production: loaded before a unit is assigned to them, and kept for as long as the
// experiment runs, whatever else is asked for.

export interface PinnedVersions {
  get(model: string, version: number): LoadedModel | undefined;
  values(): readonly LoadedModel[];
  /** Loads what is new of `targets`. A version that cannot be loaded is said, and asked for again the next time. */
  load(targets: readonly VersionTarget[]): Promise<'done' | 'loadsFailed'>;
  /** Lets go what is not among `targets`. To be called when nobody is sent to it any more. */
  release(targets: readonly VersionTarget[]): void;
}

const keyOf = ({ model, version }: { readonly model: string; readonly version: number }): string =>
  `${model}/${version}`;

export function createPinnedVersions(options: {
  readonly open: (target: VersionTarget) => Promise<LoadedModel>;
  readonly logger: Logger;
  readonly onRetireError: (error: unknown) => void;
}): PinnedVersions {
  const { open, logger, onRetireError } = options;
  const pinned = new Map<string, LoadedModel>();
  /** Key → why it could not be loaded, so that it is said once. */
  const failures = new Map<string, string>();
  return {
    get: (model, version) => pinned.get(keyOf({ model, version })),
    values: () => [...pinned.values()],
    load: async targets => {
      for (const target of targets) {
        const key = keyOf(target);
        if (pinned.get(key)?.digest === target.digest) continue;
        try {
          pinned.set(key, await open(target));
          failures.delete(key);
          logger.info({ ...target }, 'A version is loaded for an experiment.');
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          if (failures.get(key) !== reason)
            logger.error(
              { err: error, ...target },
              'The version of an arm cannot be loaded; Production answers in its place.',
            );
          failures.set(key, reason);
        }
      }
      const wanted = new Set(targets.map(keyOf));
      for (const key of failures.keys()) if (!wanted.has(key)) failures.delete(key);
      return failures.size === 0 ? 'done' : 'loadsFailed';
    },
    release: targets => {
      const wanted = new Set(targets.map(keyOf));
      for (const [key, model] of pinned)
        if (!wanted.has(key)) {
          pinned.delete(key);
          model.retire().catch(onRetireError);
        }
    },
  };
}
