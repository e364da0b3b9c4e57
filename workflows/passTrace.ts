import { defaultPayloadConverter } from '@temporalio/common';
import { type Headers, type WorkflowInterceptors, workflowInfo } from '@temporalio/workflow';

// The trace that a workflow was started in goes on in its activities, its children and what it continues as. It must never do
// more than that: no span is begun here, nothing is awaited and no random number is drawn, so that a history is the same
// whether anybody traces, and runs that were begun before tracing was switched on replay after it (ADR 0037).

/** As Temporal's own interceptors name it, in every language. */
const TRACE_HEADER = '_tracer-data';

export const interceptors = (): WorkflowInterceptors => {
  let trace: Headers[string] | undefined;
  const passed = <T extends { readonly headers: Headers }>(input: T): T =>
    trace === undefined ? input : { ...input, headers: { ...input.headers, [TRACE_HEADER]: trace } };
  return {
    inbound: [
      {
        execute: (input, next) => {
          trace = input.headers[TRACE_HEADER] ?? ownTrace();
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(passed(input)),
        scheduleLocalActivity: (input, next) => next(passed(input)),
        startChildWorkflowExecution: (input, next) => next(passed(input)),
        continueAsNew: (input, next) => next(passed(input)),
      },
    ],
  };
};

/** Of a run that nobody's trace began, by a Schedule or by Temporal's command: named after the run. */
function ownTrace(): Headers[string] {
  const id = workflowInfo().runId.replaceAll('-', '');
  return defaultPayloadConverter.toPayload({ traceparent: `00-${id}-${id.slice(16)}-01` });
}
