import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, type WorkflowBundle } from '@temporalio/worker';
import { after, type Context } from 'mocha';
import { SEARCH_ATTRIBUTES } from '../../platform/temporal/ensureSearchAttributes.ts';
import { requirePeer } from '../peers/requirePeer.ts';

// One real Temporal dev server and one bundle of the real workflows for a whole run of tests, made by the first that asks.

// Before anything else makes the process's one runtime: what the SDK tells of workers is noise between test results.
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger });

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

export function workflowBundle(): Promise<WorkflowBundle> {
  bundle ??= bundleWorkflowCode({
    logger,
    workflowsPath: join(import.meta.dirname, '../../workflows/workflows.ts'),
    workflowInterceptorModules: [join(import.meta.dirname, '../../workflows/passTrace.ts')],
  });
  return bundle;
}

after(async () => {
  if (server !== undefined) await (await server).teardown();
});
