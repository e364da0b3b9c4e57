import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { absent } from '../peers/requirePeer.ts';

export interface SmallDisk {
  readonly folder: string;
  /** Leaves so much free, in a file of its own. */
  readonly fill: (leftMegabytes: number) => void;
  /** Takes that file away again. */
  readonly free: () => void;
}

/** A file system of its own in memory, which only root may make: elsewhere it is absent as a test peer may be. */
export async function withSmallDisk(
  test: Context,
  megabytes: number,
  work: (disk: SmallDisk) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
  const mount = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder];
  const { status, stderr } = spawnSync('mount', mount, { encoding: 'utf8' });
  if (status !== 0) {
    rmSync(folder, { recursive: true });
    absent(
      test,
      `a small disk (${(stderr ?? '').trim() || 'no mount'})`,
      'run the tests as root, in a container with CAP_SYS_ADMIN',
    );
  }
  const filler = join(folder, 'filler', 'file');
  mkdirSync(join(folder, 'filler'));
  try {
    await work({
      folder,
      fill: leftMegabytes => {
        const { bavail, bsize } = statfsSync(folder);
        const block = Buffer.alloc(1024 * 1024);
        const file = openSync(filler, 'a');
        for (let left = bavail * bsize; left > leftMegabytes * block.length; left -= block.length)
          if (writeSync(file, block) < block.length) break;
        fsyncSync(file);
        closeSync(file);
      },
      free: () => rmSync(filler, { force: true }),
    });
  } finally {
    spawnSync('umount', ['--lazy', folder]); // Also where a test failed and left something running.
    rmSync(folder, { recursive: true, force: true });
  }
}
