import assert from 'node:assert/strict';
import { Worker } from '@temporalio/worker';
import { describe, it } from 'mocha';
import { savedHistories } from '../support/histories.ts';
import { workflowBundle } from '../support/testTemporal.ts';

// Runs that were recorded go through today's workflows and must take the same decisions: a change that is not deterministic
// fails here before it breaks a run under way. UPDATE_HISTORIES=1 npm test records them anew.

describe('recorded histories', () => {
  it('replay with today’s workflows', async () => {
    const histories = await savedHistories();
    assert.ok(histories.length >= 3, `only ${histories.length} histories are recorded`);
    const bundle = await workflowBundle();
    for (const { name, history } of histories) {
      // The children's ids are made of the workflow's own.
      const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
      assert.ok(workflowId, `${name} does not begin with a workflow's start`);
      await assert.doesNotReject(
        Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId),
        name,
      );
    }
  });
});
