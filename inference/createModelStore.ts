import type { Logger } from '../observability/createLogger.ts';
import type { ArtifactStore } from '../platform/ArtifactStore.ts';
import { createTurn } from '../platform/createTurn.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import type { BatcherOptions } from './createBatcher.ts';
import { createCopyKeeper } from './createCopyKeeper.ts';
import { createLocalCopy, type KeptState } from './createLocalCopy.ts';
import { createProductionVersions } from './createProductionVersions.ts';
import {
  type AbDefaults,
  createExperiments,
  type ModelExperiment,
  noExperiments,
} from './experiments/createExperiments.ts';
import { createPinnedVersions } from './experiments/createPinnedVersions.ts';
import type { RunningExperiment } from './experiments/RunningExperiment.ts';
import { InferenceStatistics, type VersionStatistics } from './InferenceStatistics.ts';
import type { LoadedModel } from './LoadedModel.ts';
import { loadModel } from './loadModel.ts';
import type { AliasTarget, ModelRegistry } from './ModelRegistry.ts';
import { readArtifact } from './readArtifact.ts';
import { noSuchModel, noSuchNumber, noSuchVersion, unloadedModel } from './storeErrors.ts';
import { VersionCache } from './VersionCache.ts';

// Which versions are in memory, and what the aliases mean just now. Production of every model is always loaded: a new one is
// opened, checked and warmed up beside the old one, then takes its place, and the old one goes when its last call ended. So are
// the versions of an experiment's arms, before the experiment begins here. Other versions are loaded when somebody asks, a few
// at a time. The hot path finds its version without waiting for anything.

export interface ModelStore {
  /**
   * Runs work on the version that a request means; it stays in memory until the work ended.
   * @param version a number, `production` or `staging`; empty means production
   * @throws HoldfastError notFound; failedPrecondition where nothing was trained yet, the file cannot be served or the model was
   *   unloaded; unavailable while the models are not known, Production is still being loaded, or the registry is away
   */
  use<T>(model: string, version: string, work: (loaded: LoadedModel) => Promise<T>): Promise<T>;
  /** The experiment of the model whose arms were loaded, as far as they could be. */
  experiment(model: string): ModelExperiment | undefined;
  /** The column that names a model's units; null where it has none, or nothing is served. */
  idColumn(model: string): string | null;
  /** Whether a version is in memory for as long as it is Production or an arm. */
  holds(model: string, version: number): boolean;
  /** Asks the registry where the aliases stand, loads what is new, reports and keeps it. Never throws. */
  reconcile(): Promise<ReconcileResult>;
  /** Serves what the local copy holds, unless the registry has answered already. */
  startFromLocalCopy(): Promise<void>;
  /** Tells the registry that this process lives and what it serves, be it nothing. @throws HoldfastError unavailable */
  report(): Promise<void>;
  /** Whether the registry or the local copy has said which models there are. */
  known(): boolean;
  /** The versions in memory. */
  loaded(): readonly LoadedModel[];
  /** The version that a request means, where it is in memory: nothing is loaded for it. */
  peek(model: string, version: string): LoadedModel | undefined;
  /** Whether `use` would serve the version; one that is served when asked for is loaded for the answer. */
  ready(model: string, version: string): Promise<boolean>;
  /** Every version in memory or registered, and why one is not ready; while the registry is away, those that are known. */
  index(): Promise<readonly IndexedVersion[]>;
  /** What each version that was ever loaded did since this process started. */
  statistics(): readonly VersionStatistics[];
  /**
   * Takes a model back that was unloaded, in every process, and loads the versions asked for here; none means Production alone.
   * @throws HoldfastError as use; unavailable where the registry is away
   */
  load(model: string, versions?: readonly number[]): Promise<void>;
  /**
   * Lets all versions of a model go, once the calls under way ended, here and then in every other process. It stays out of
   * service until it is loaded again or another version of it is promoted.
   * @throws HoldfastError notFound; unavailable where the registry is away
   */
  unload(model: string): Promise<void>;
  /** Lets everything go once the calls under way ended. */
  close(): Promise<void>;
}

export interface IndexedVersion {
  readonly model: string;
  readonly version: number;
  readonly ready: boolean;
  /** Empty where it is ready. */
  readonly reason: string;
}

export type ReconcileResult = 'done' | 'loadsFailed' | 'registryAway';

export interface ModelStoreOptions {
  readonly registry: ModelRegistry;
  readonly artifacts: ArtifactStore;
  readonly home: string;
  readonly processId: string;
  readonly logger: Logger;
  readonly batching: BatcherOptions;
  /** Of models for which no experiment is registered. Default: none. */
  readonly ab?: AbDefaults;
  /** Bound on the files of versions in memory besides Production and the arms. */
  readonly maximumOnRequestBytes: number;
}

const isVersionNumber = (text: string): boolean => /^[1-9][0-9]{0,8}$/.test(text);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function createModelStore(options: ModelStoreOptions): ModelStore {
  const { registry, artifacts, processId, logger } = options;
  const onRetireError = (error: unknown): void =>
    logger.error({ err: error }, 'A replaced version could not be let go.');
  const localCopy = createLocalCopy(options.home, (error, path) =>
    logger.warn({ err: error, path }, 'The kept state cannot be read and is passed over.'),
  );
  const statistics = new InferenceStatistics();
  const onRequest = new VersionCache(options.maximumOnRequestBytes, onRetireError);
  /** Models that somebody took out of service. */
  let unloaded: ReadonlySet<string> = new Set();
  let aliases: readonly AliasTarget[] = [];
  let running: readonly RunningExperiment[] = [];
  let experiments = noExperiments;
  let knownFrom: 'nowhere' | 'localCopy' | 'registry' = 'nowhere';
  /** Why the registry could not be asked the last time, so that it is said once. */
  let away = '';

  const open = async (model: string, version: number, digest: string): Promise<LoadedModel> =>
    loadModel({ model, version, digest }, await readArtifact(artifacts, localCopy, digest), {
      batching: options.batching,
      counts: statistics.of(model, version),
    });

  const production = createProductionVersions({
    open: async ({ model, version, digest }) =>
      onRequest.take(model, version) ?? open(model, version, digest),
    logger,
    onRetireError,
  });
  const pinned = createPinnedVersions({
    open: ({ model, version, digest }) => open(model, version, digest),
    logger,
    onRetireError,
  });
  const keep = createCopyKeeper(localCopy, artifacts);

  const find = (model: string, version: string): LoadedModel | Promise<LoadedModel> =>
    findHeld(model, version) ?? findOnRequest(model, version);

  /** Production, or an arm. */
  function findHeld(model: string, version: string): LoadedModel | undefined {
    const current = production.get(model);
    return current !== undefined &&
      (version === '' || version === 'production' || version === String(current.version))
      ? current
      : unloaded.has(model)
        ? undefined
        : pinned.get(model, Number(version));
  }

  function findInMemory(model: string, version: string): LoadedModel | undefined {
    const number = versionOf(model, version);
    return findHeld(model, version) ?? (number === null ? undefined : onRequest.get(model, number));
  }

  const targetOf = (model: string, version: string): AliasTarget | undefined =>
    aliases.find(
      target => target.model === model && target.alias === (version === '' ? 'production' : version),
    );
  /** What a number or an alias means just now; null where it means nothing. */
  const versionOf = (model: string, version: string): number | null =>
    targetOf(model, version)?.version ?? (isVersionNumber(version) ? Number(version) : null);

  async function findOnRequest(model: string, version: string): Promise<LoadedModel> {
    const ofModel = aliases.filter(target => target.model === model);
    const target = targetOf(model, version);
    if (unloaded.has(model)) throw unloadedModel(model);
    if (target?.alias === 'production') throw notServed(target);
    const number = versionOf(model, version);
    const arm = number === null ? undefined : pinned.get(model, number);
    if (arm !== undefined) return arm;
    if (number !== null)
      return onRequest.getOrLoad(model, number, async () =>
        open(model, number, target?.digest ?? (await findDigest(model, number, ofModel))),
      );
    if (knownFrom === 'nowhere')
      throw new HoldfastError(
        'unavailable',
        'This inference process does not know its models yet, for PostgreSQL has not answered. Try again shortly.',
      );
    throw ofModel.length === 0 ? noSuchModel(model, aliases) : noSuchVersion(model, version, ofModel);
  }

  function notServed({ model, version }: AliasTarget): HoldfastError {
    const failure = production.failure(model);
    if (failure !== undefined) return new HoldfastError('failedPrecondition', failure.error);
    return new HoldfastError(
      'unavailable',
      `The model ${model} version ${version} is still being loaded. Try again shortly.`,
    );
  }

  async function findDigest(
    model: string,
    version: number,
    ofModel: readonly AliasTarget[],
  ): Promise<string> {
    const standing = ofModel.find(target => target.version === version);
    if (standing !== undefined) return standing.digest;
    try {
      return await registry.findDigest(model, version);
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'notFound') throw error;
      const versions = (await registry.listVersions()).filter(each => each.model === model);
      throw versions.length === 0
        ? noSuchModel(model, aliases)
        : noSuchNumber(
            model,
            version,
            versions.map(each => each.version),
          );
    }
  }

  /** Brings what is in memory to where the aliases stand and what the experiments need. */
  async function adopt(
    state: KeptState,
    source: 'localCopy' | 'registry',
    outOfService: readonly string[],
  ): Promise<'done' | 'loadsFailed'> {
    unloaded = new Set(outOfService);
    for (const model of unloaded) letGo(model);
    const targets = state.aliases;
    aliases = targets;
    running = state.experiments;
    const wanted = targets.filter(({ alias }) => alias === 'production');
    const next = createExperiments(running, targets, options.ab ?? { enabled: false, bucketBPct: 0 });
    // By version, not by file: an arm whose file is Production's (trained again on the same data, or an A/A test) is an arm.
    const arms = next.versions.filter(
      arm => !wanted.some(({ model, version }) => model === arm.model && version === arm.version),
    );
    // First, so that an arm whose version stops being Production is never away.
    const loads = await pinned.load(arms);
    const versions = await production.adopt(wanted.filter(({ model }) => !unloaded.has(model)));
    // Before this an arm would have been assigned to that is not there yet, after it the old ones are asked for no more.
    experiments = next;
    pinned.release(arms);
    knownFrom = source;
    return versions === 'done' ? loads : versions;
  }

  /** An older report must not overtake a newer one; each tells what holds when its turn comes. */
  const reportInTurn = createTurn();
  const report = (): Promise<void> =>
    reportInTurn(() => registry.reportLoaded(processId, production.reports()));

  async function reconcile(): Promise<ReconcileResult> {
    let result: ReconcileResult;
    try {
      const [standing, started, outOfService] = await Promise.all([
        registry.listAliases(),
        registry.listExperiments(),
        registry.listUnloaded(),
      ]);
      result = await adopt({ aliases: standing, experiments: started }, 'registry', outOfService);
      await report();
    } catch (error) {
      if (away !== messageOf(error))
        logger.warn({ err: error }, 'The registry cannot be asked; what is in memory is served.');
      away = messageOf(error);
      return 'registryAway';
    }
    away = '';
    // After the swap and the report, so that a slow disk does not hold up a promotion.
    const served = {
      production: production.values(),
      pinned: pinned.values(),
      aliases,
      experiments: running,
    };
    await keep(served).catch((error: unknown) =>
      logger.warn(
        { err: error },
        'The local copy could not be written; without it, starting needs PostgreSQL.',
      ),
    );
    return result;
  }

  async function startFromLocalCopy(): Promise<void> {
    if (knownFrom === 'registry') return;
    const state = await localCopy.readState();
    if (state.aliases.length > 0) await adopt(state, 'localCopy', []);
  }

  async function index(): Promise<IndexedVersion[]> {
    const registered = await registry.listVersions().catch((error: unknown) => {
      logger.debug({ err: error }, 'The registry cannot be asked; the versions that are known are listed.');
      return [];
    });
    const versions = new Map<string, IndexedVersion>();
    for (const { model, version } of [...registered, ...aliases]) {
      const failure = production.failure(model);
      const reason = unloaded.has(model)
        ? 'unloaded on request'
        : failure?.version === version
          ? failure.error
          : 'loaded when it is asked for';
      versions.set(`${model}/${version}`, { model, version, ready: false, reason });
    }
    for (const { model, version } of [...production.values(), ...pinned.values(), ...onRequest.values()])
      versions.set(`${model}/${version}`, { model, version, ready: true, reason: '' });
    return [...versions.values()].toSorted(
      (one, other) => one.model.localeCompare(other.model) || one.version - other.version,
    );
  }

  async function use<T>(
    model: string,
    version: string,
    work: (loaded: LoadedModel) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const found = find(model, version);
      const loaded = found instanceof Promise ? await found : found;
      // Between being found and being used another load may have pushed it out.
      if (!loaded.retired) return loaded.use(work);
    }
  }

  async function ready(model: string, version: string): Promise<boolean> {
    try {
      return await use(model, version, async () => true);
    } catch (error) {
      if (error instanceof HoldfastError) return false;
      throw error;
    }
  }

  async function loadOnRequest(model: string, versions: readonly number[]): Promise<void> {
    await registry.setUnloaded(model, false);
    await reconcile();
    const asked = versions.length === 0 ? [''] : versions.map(String);
    for (const version of asked) await find(model, version);
  }

  async function unload(model: string): Promise<void> {
    const known = aliases.some(({ model: name, alias }) => name === model && alias === 'production');
    const held = production.get(model) !== undefined || onRequest.values().some(each => each.model === model);
    if (!known && !held) throw noSuchModel(model, aliases);
    await registry.setUnloaded(model, true);
    unloaded = new Set([...unloaded, model]);
    letGo(model);
    logger.info({ model }, 'A model was unloaded on request.');
    await report().catch((error: unknown) =>
      logger.debug({ err: error }, 'The registry could not be told of the unloading.'),
    );
  }

  /** Every version, once the calls under way ended; the arms of an experiment stay in memory, and are not asked for. */
  function letGo(model: string): void {
    const current = production.take(model);
    const held = onRequest.takeAll(model);
    for (const one of current === undefined ? held : [current, ...held]) one.retire().catch(onRetireError);
  }

  /** Two would overtake each other between reading and swapping. */
  const inTurn = createTurn();

  return {
    use,
    ready,
    experiment: model => experiments.of(model),
    idColumn: model => production.get(model)?.metadata.id ?? null,
    holds: (model, version) =>
      production.get(model)?.version === version ||
      (!unloaded.has(model) && pinned.get(model, version) !== undefined),
    reconcile: () => inTurn(reconcile),
    startFromLocalCopy: () => inTurn(startFromLocalCopy),
    report,
    known: () => knownFrom !== 'nowhere',
    loaded: () => [...production.values(), ...pinned.values(), ...onRequest.values()],
    peek: (model, version) => {
      const found = findInMemory(model, version);
      return found?.retired === false ? found : undefined;
    },
    index,
    statistics: () => statistics.list(),
    load: (model, versions = []) => inTurn(() => loadOnRequest(model, versions)),
    unload: model => inTurn(() => unload(model)),
    close: () =>
      inTurn(async () => {
        experiments = noExperiments;
        pinned.release([]);
        await Promise.all([onRequest.close(), production.close()]);
      }),
  };
}
