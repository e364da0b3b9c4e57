/**
 * A seed for one purpose out of the run's seed and the purpose's name (FNV-1a over both), so that neither the order nor the
 * number of threads decides what a part draws.
 * @returns an unsigned 32-bit integer
 */
export function deriveSeed(seed: number, ...purpose: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed >>> 0}/${purpose.join('/')}`) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
