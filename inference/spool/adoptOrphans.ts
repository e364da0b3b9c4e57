import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Segment } from './createSpool.ts';

// What dead processes left. Their whole folder is renamed into the survivor's own, which one of many can do: that is the
// adoption. Where the survivor dies too, the next one finds both.

const ADOPTED = 'adopted';

/**
 * @param spools where every process has its folder
 * @param own this process's folder
 * @returns the folders that were adopted, by the name they had
 */
export function adoptOrphans(
  spools: string,
  own: string,
  isDead: (folder: string) => boolean,
): readonly string[] {
  const adopted: string[] = [];
  for (const entry of readdirSync(spools, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === basename(own)) continue;
    const folder = join(spools, entry.name);
    if (!isDead(folder)) continue;
    mkdirSync(join(own, ADOPTED), { recursive: true, mode: 0o700 });
    try {
      renameSync(folder, join(own, ADOPTED, entry.name));
      adopted.push(entry.name);
    } catch (error) {
      // Another survivor was quicker.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return adopted;
}

/** Every segment in what was adopted, oldest first. */
export function adoptedSegments(own: string): Segment[] {
  const folder = join(own, ADOPTED);
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.seg'))
    .map(entry => join(entry.parentPath, entry.name))
    .toSorted()
    .map(path => ({ path, bytes: statSync(path).size, sealed: true }));
}

/** Once all of it is shipped. */
export const removeAdopted = (own: string): void =>
  rmSync(join(own, ADOPTED), { recursive: true, force: true });
