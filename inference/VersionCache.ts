import type { LoadedModel } from './LoadedModel.ts';

// Versions that were loaded because somebody asked: as many as the bound on their files' bytes allows, the one not asked for the
// longest goes first. The newest stays, however large. Callers who ask for the same version at once wait for one load.

export class VersionCache {
  /** In the order of use, the latest last. */
  readonly #loaded = new Map<string, LoadedModel>();
  readonly #loading = new Map<string, Promise<LoadedModel>>();
  readonly #maximumBytes: number;
  readonly #onRetireError: (error: unknown) => void;

  constructor(maximumBytes: number, onRetireError: (error: unknown) => void) {
    this.#maximumBytes = maximumBytes;
    this.#onRetireError = onRetireError;
  }

  get(model: string, version: number): LoadedModel | undefined {
    const key = keyOf(model, version);
    const found = this.#loaded.get(key);
    if (found === undefined) return undefined;
    this.#loaded.delete(key);
    this.#loaded.set(key, found);
    return found;
  }

  async getOrLoad(model: string, version: number, load: () => Promise<LoadedModel>): Promise<LoadedModel> {
    const found = this.get(model, version);
    if (found !== undefined) return found;
    const key = keyOf(model, version);
    const present = this.#loading.get(key);
    if (present !== undefined) return present;
    const loading = load();
    this.#loading.set(key, loading);
    try {
      const loaded = await loading;
      this.#loaded.set(key, loaded);
      this.#evict();
      return loaded;
    } finally {
      this.#loading.delete(key);
    }
  }

  /** Hands a version over to the caller, who answers for it from now on. */
  take(model: string, version: number): LoadedModel | undefined {
    const found = this.#loaded.get(keyOf(model, version));
    this.#loaded.delete(keyOf(model, version));
    return found;
  }

  /** As take, of every version of a model. */
  takeAll(model: string): LoadedModel[] {
    const all = this.values().filter(one => one.model === model);
    for (const { version } of all) this.#loaded.delete(keyOf(model, version));
    return all;
  }

  values(): LoadedModel[] {
    return [...this.#loaded.values()];
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#loading.values());
    const models = this.values();
    this.#loaded.clear();
    await Promise.all(models.map(model => model.retire()));
  }

  #evict(): void {
    let bytes = this.values().reduce((sum, { fileBytes }) => sum + fileBytes, 0);
    for (const [key, oldest] of this.#loaded) {
      if (bytes <= this.#maximumBytes || this.#loaded.size === 1) return;
      bytes -= oldest.fileBytes;
      this.#loaded.delete(key);
      oldest.retire().catch(this.#onRetireError);
    }
  }
}

const keyOf = (model: string, version: number): string => `${model}/${version}`;
