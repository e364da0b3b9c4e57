import { join, resolve } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type WorkflowBundle } from '@temporalio/worker';
import { after, type Context } from 'mocha';
import { bundleWorkflows } from '../../activities/worker/bundleWorkflows.ts';
import { SEARCH_ATTRIBUTES } from '../../platform/temporal/ensureSearchAttributes.ts';
import { requirePeer } from '../peers/requirePeer.ts';
import { collectLogs } from './collectLogs.ts';

// One real Temporal dev server and one bundle of the real workflows for a whole run of tests, made by the first that asks.

// Before anything else makes the process's one runtime: what the SDK tells of workers is noise between test results.
Runtime.install({ logger: new DefaultLogger('ERROR') });

const root = resolve(import.meta.dirname, '../..');

let server: Promise<TestWorkflowEnvironment> | undefined;
let bundle: Promise<WorkflowBundle> | undefined;

export function testTemporal(test: Context): Promise<TestWorkflowEnvironment> {
  const path = requirePeer(test, 'temporal');
  server ??= TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path },
      log: { level: 'error', format: 'pretty' },
      extraArgs: SEARCH_ATTRIBUTES.flatMap(name => ['--search-attribute', `${name}=Keyword`]),
    },
  });
  return server;
}

export const workflowBundle = (): Promise<WorkflowBundle> =>
  (bundle ??= bundleWorkflows({
    root,
    folder: join(root, 'node_modules/.cache/workflows'),
    logger: collectLogs().logger,
  }));

after(async () => {
  if (server !== undefined) await (await server).teardown();
});
