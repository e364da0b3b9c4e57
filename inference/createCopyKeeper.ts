import type { ArtifactStore } from '../platform/ArtifactStore.ts';
import { canonicalJson } from '../platform/canonicalJson.ts';
import type { KeptState, LocalCopy } from './createLocalCopy.ts';
import type { AliasTarget } from './ModelRegistry.ts';
import { readArtifact } from './readArtifact.ts';

/** What is served, by its file. */
export interface ServedFile {
  readonly model: string;
  readonly version: number;
  readonly digest: string;
}

export interface StateToKeep {
  /** Not always where the alias stands: a file that cannot be loaded is no copy to start from. */
  readonly production: readonly ServedFile[];
  /** Of the arms of experiments. */
  readonly pinned: readonly ServedFile[];
  readonly aliases: readonly AliasTarget[];
  readonly experiments: KeptState['experiments'];
}

/** Brings the local copy to what is served, so that a process can start from it. @throws where the disk or an artifact fails */
export function createCopyKeeper(
  localCopy: LocalCopy,
  artifacts: ArtifactStore,
): (state: StateToKeep) => Promise<void> {
  let kept = '';

  /** Whether the file is there, which another process could have removed, and where something changed, whether it is whole. */
  const isKept = async (digest: string, thoroughly: boolean): Promise<boolean> =>
    (await localCopy.renewModel(digest)) && (!thoroughly || (await localCopy.readModel(digest)) !== null);

  return async ({ production, pinned, aliases, experiments }) => {
    const served = production
      .map(({ model, version, digest }) => ({ model, version, digest }))
      .toSorted((one, other) => (one.model < other.model ? -1 : 1));
    const state: KeptState = {
      aliases: [
        ...served.map(target => ({ ...target, alias: 'production' as const })),
        ...aliases
          .filter(({ alias }) => alias !== 'production')
          .map(({ model, alias, version, digest }) => ({ model, alias, version, digest })),
      ],
      experiments,
    };
    const text = canonicalJson(state);
    for (const { digest } of [...served, ...pinned])
      if (!(await isKept(digest, text !== kept)))
        await localCopy.keepModel(digest, await readArtifact(artifacts, localCopy, digest));
    // Asked of the disk: a process that heard of a promotion later may have put an older state over this one.
    if (text !== canonicalJson(await localCopy.readState())) await localCopy.writeState(state);
    await localCopy.sweep();
    kept = text;
  };
}
