import type { LoadedVersion } from '../db/processes/LoadedVersion.ts';
import type { Logger } from '../observability/createLogger.ts';
import type { LoadedModel } from './LoadedModel.ts';
import type { AliasTarget } from './ModelRegistry.ts';

// Production of every model, in memory: a new version is opened beside the old one, then takes its place, and the old one goes
// when its last call ended. One that cannot be loaded leaves what was served, and says why.

export interface ProductionVersions {
  get(model: string): LoadedModel | undefined;
  values(): readonly LoadedModel[];
  /** The version of the model that could not be loaded. */
  failure(model: string): FailedVersion | undefined;
  /** Loads what is new of `targets`, and lets go of models that are not among them. Never throws. */
  adopt(targets: readonly AliasTarget[]): Promise<'done' | 'loadsFailed'>;
  /** What a process tells the registry: the version of each model, or why it is not there. */
  reports(): LoadedVersion[];
  /** Takes a model out, for its owner to let go. */
  take(model: string): LoadedModel | undefined;
  /** Lets everything go once the calls under way ended. */
  close(): Promise<void>;
}

type FailedVersion = LoadedVersion & { readonly error: string };

export function createProductionVersions(options: {
  readonly open: (target: AliasTarget) => Promise<LoadedModel>;
  readonly logger: Logger;
  readonly onRetireError: (error: unknown) => void;
}): ProductionVersions {
  const { open, logger, onRetireError } = options;
  const production = new Map<string, LoadedModel>();
  const failures = new Map<string, FailedVersion>();

  async function load(target: AliasTarget): Promise<void> {
    const { model, version, digest } = target;
    const old = production.get(model);
    if (old?.version === version && old.digest === digest) {
      failures.delete(model);
      return;
    }
    const begun = performance.now();
    const previousVersion = old?.version ?? null;
    try {
      production.set(model, await open(target));
      failures.delete(model);
      const loadMs = Math.round(performance.now() - begun);
      logger.info({ model, version, digest, previousVersion, loadMs }, 'A version is served.');
      old?.retire().catch(onRetireError);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (failures.get(model)?.error !== reason)
        logger.error(
          { err: error, model, version, digest, stillServed: previousVersion },
          'A version could not be loaded; what was served stays.',
        );
      failures.set(model, { model, version, digest, state: 'failed', error: reason });
    }
  }

  const take = (model: string): LoadedModel | undefined => {
    const taken = production.get(model);
    production.delete(model);
    failures.delete(model);
    return taken;
  };

  return {
    get: model => production.get(model),
    values: () => [...production.values()],
    failure: model => failures.get(model),
    adopt: async targets => {
      const wanted = new Set(targets.map(({ model }) => model));
      for (const model of [...production.keys(), ...failures.keys()])
        if (!wanted.has(model)) take(model)?.retire().catch(onRetireError);
      for (const target of targets) await load(target);
      return failures.size === 0 ? 'done' : 'loadsFailed';
    },
    reports: () => [
      ...failures.values(),
      ...[...production.values()]
        .filter(({ model }) => !failures.has(model))
        .map(({ model, version, digest }) => ({
          model,
          version,
          digest,
          state: 'ready' as const,
          error: null,
        })),
    ],
    take,
    close: async () => {
      const models = [...production.values()];
      production.clear();
      await Promise.all(models.map(model => model.retire()));
    },
  };
}
