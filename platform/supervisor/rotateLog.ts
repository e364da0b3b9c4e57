import { existsSync, renameSync, statSync } from 'node:fs';

const LARGEST_BYTES = 20 * 1024 * 1024;

/** Sets a large log aside as `<path>.1` (replacing the one before). Only while nobody writes to it. */
export function rotateLog(path: string): void {
  if (existsSync(path) && statSync(path).size > LARGEST_BYTES) renameSync(path, `${path}.1`);
}
