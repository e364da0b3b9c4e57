import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../HoldfastError.ts';
import { processStartTime } from '../lifecycle/processStartTime.ts';
import { type ProcessRecord, readRecord } from './processRecords.ts';

// One supervisor a home. The lock is a file that names its holder by pid and start time, so that it dies with the holder: a
// kill -9 or a power cut leaves a file that the next start recognises as stale.

/** @returns releases the lock @throws HoldfastError conflict where another supervisor runs in this home */
export function lockHome(home: string, folder: string): () => void {
  const path = join(folder, 'supervisor.lock');
  const startTime = processStartTime(process.pid) ?? '';
  const own = `${path}.${process.pid}`;
  writeFileSync(
    own,
    JSON.stringify({ name: 'supervisor', pid: process.pid, startTime } satisfies ProcessRecord),
  );
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      if (linkIfFree(own, path)) return () => rmSync(path, { force: true });
      const holder = readRecord(path);
      if (isAlive(holder)) throw alreadyRunning(home, holder);
      setAside(path, `${own}.stale`);
    }
  } finally {
    rmSync(own, { force: true });
  }
  throw new HoldfastError('conflict', `Others are starting in ${home} at this very moment: try again.`);
}

/** Only one of many can make a link of this name: that is the lock. */
function linkIfFree(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a stale lock away. Where another start was quicker and what was moved is its new lock, it is put back. */
function setAside(path: string, aside: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  if (isAlive(readRecord(aside))) linkIfFree(aside, path);
  rmSync(aside, { force: true });
}

const isAlive = (record: ProcessRecord | null): record is ProcessRecord =>
  record !== null && processStartTime(record.pid) === record.startTime;

const alreadyRunning = (home: string, { pid }: ProcessRecord): HoldfastError =>
  new HoldfastError(
    'conflict',
    `Holdfast is already running in ${home} (pid ${pid}): stop it, or set HOLDFAST_HOME to another folder.`,
  );
