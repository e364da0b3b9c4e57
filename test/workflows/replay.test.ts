import assert from 'node:assert/strict';
import { Worker } from '@temporalio/worker';
import { describe, it } from 'mocha';
import * as workflows from '../../workflows/workflows.ts';
import { savedHistories } from '../support/histories.ts';
import { workflowBundle } from '../support/testTemporal.ts';

// Runs that were recorded go through today's workflows and must take the same decisions: a change that is not deterministic
// fails here before it breaks a run under way. UPDATE_HISTORIES=1 npm test records them anew.

describe('recorded histories', () => {
  it('replay with today’s workflows', async () => {
    const histories = await savedHistories();
    const recorded = histories.map(
      ({ history }) => history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name,
    );
    for (const type of Object.keys(workflows))
      assert.ok(recorded.includes(type), `no history of ${type} is recorded`);
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
