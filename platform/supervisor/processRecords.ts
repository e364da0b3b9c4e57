import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { processStartTime } from '../lifecycle/processStartTime.ts';

// run/<name>.json: which process runs under which name, known by pid and start time. Written the moment it is started,
// removed when it has ended; what is left there after a kill -9 is stopped by the next start. It never signals anything.

const schema = z.object({ name: z.string(), pid: z.number().int().positive(), startTime: z.string() });

export type ProcessRecord = z.infer<typeof schema>;

/** Says that a process runs under this name. One that is gone already is not recorded. */
export function recordProcess(folder: string, name: string, pid: number): void {
  const startTime = processStartTime(pid);
  if (startTime === null) return;
  const path = join(folder, `${name}.json`);
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, JSON.stringify({ name, pid, startTime } satisfies ProcessRecord));
  renameSync(temporary, path);
}

export const forgetProcess = (folder: string, name: string): void =>
  rmSync(join(folder, `${name}.json`), { force: true });

/** The recorded processes that still run, as opposed to others which carry their number by now. */
export function runningRecords(folder: string): ProcessRecord[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.json'))
    .map(file => readRecord(join(folder, file)))
    .filter(record => record !== null)
    .filter(({ pid, startTime }) => processStartTime(pid) === startTime);
}

/** Null where there is none, or none that can be read: a crash of the machine may leave an empty file. */
export function readRecord(path: string): ProcessRecord | null {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(content));
  } catch {
    return null;
  }
}
