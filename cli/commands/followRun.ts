import { errorCodes, isErrorCode } from '../../platform/HoldfastError.ts';
import { type Run, RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import type { CliContext } from '../CliContext.ts';
import { watchRun } from '../clients/watchRun.ts';
import { Interrupted } from '../Interrupted.ts';
import { createRunProgress } from '../output/createRunProgress.ts';
import { printRun } from '../output/printRun.ts';

/**
 * Follows a run until it ends, then prints it. Ctrl-C only stops the looking: the run goes on.
 * @returns 0 where it succeeded, else the exit code of what it failed by: 1 where it was cancelled, or that is not known
 */
export async function followRun(
  context: CliContext,
  { id, workflowId }: Pick<Run, 'id' | 'workflowId'>,
): Promise<number> {
  const progress = createRunProgress(context.stderr);
  try {
    const run = await watchRun(context, id || workflowId, update => progress.update(update));
    progress.end();
    printRun(context, run);
    return run.status === RunStatus.RUN_STATUS_SUCCEEDED ? 0 : exitCode(run);
  } catch (error) {
    progress.end();
    if (error instanceof Interrupted)
      context.stderr.write(
        `The run ${workflowId} goes on. Follow it again with \`./holdfast runs watch ${workflowId}\`, or stop it with \`./holdfast runs cancel ${workflowId}\`.\n`,
      );
    throw error;
  }
}

function exitCode({ errorCode }: Run): number {
  return isErrorCode(errorCode) ? errorCodes[errorCode].exit : 1;
}

/** A run that was just started: followed where that was asked for, else shown as it is. */
export async function followOrPrint(context: CliContext, started: Run, wait = false): Promise<number> {
  if (wait) return followRun(context, started);
  printRun(context, started);
  if (context.format === 'table')
    context.stderr.write(`Follow it with \`./holdfast runs watch ${started.workflowId}\`.\n`);
  return 0;
}
