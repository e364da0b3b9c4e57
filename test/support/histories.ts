import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';

// Recorded histories of real runs, under test/histories. They are rewritten on request only (UPDATE_HISTORIES=1): an old
// history that no longer replays is a change that would break runs under way.

type History = temporal.api.history.v1.IHistory;

const folder = new URL('../histories/', import.meta.url);

/** The workflow's history as `<name>.json`, and each of its children's as `<name>-<the child's type>.json`. */
export async function saveHistories(client: Client, handle: WorkflowHandle, name: string): Promise<void> {
  if (process.env.UPDATE_HISTORIES !== '1') return;
  await mkdir(folder, { recursive: true });
  const history = await handle.fetchHistory();
  await writeFile(new URL(`${name}.json`, folder), `${withoutPaths(historyToJSON(history))}\n`);
  for (const { childWorkflowExecutionStartedEventAttributes: child } of history.events ?? []) {
    const { workflowExecution, workflowType } = child ?? {};
    if (!workflowExecution?.workflowId || !workflowType?.name) continue;
    const { workflowId, runId } = workflowExecution;
    await saveHistories(
      client,
      client.workflow.getHandle(workflowId, runId ?? undefined),
      `${name}-${workflowType.name}`,
    );
  }
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

/** A failure's stack names the files of the machine that recorded it; a replay does not ask for it. */
const withoutPaths = (json: string): string =>
  json.replaceAll(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""');
