import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';

// Recorded histories of real runs, under test/histories. They are rewritten on request only (UPDATE_HISTORIES=1): an old
// history that no longer replays is a change that would break runs under way.

type History = temporal.api.history.v1.IHistory;

const folder = new URL('../histories/', import.meta.url);

export async function saveHistory(history: History, name: string): Promise<void> {
  if (process.env.UPDATE_HISTORIES !== '1') return;
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${name}.json`, folder), `${historyToJSON(history)}\n`);
}

export async function savedHistories(): Promise<{ name: string; history: History }[]> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async file => ({
      name: file.replace('.json', ''),
      history: historyFromJSON(JSON.parse(await readFile(new URL(file, folder), 'utf8'))),
    })),
  );
}
