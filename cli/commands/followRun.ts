import { RunStatus } from '../../proto/gen/holdfast/v1/run.ts';
import type { CliContext } from '../CliContext.ts';
import { watchRun } from '../clients/watchRun.ts';
import { Interrupted } from '../Interrupted.ts';
import { createRunProgress } from '../output/createRunProgress.ts';
import { printRun } from '../output/printRun.ts';

/**
 * Follows a run until it ends, then prints it. Ctrl-C only stops the looking: the run goes on.
 * @returns 0 where it succeeded, 1 where it failed or was cancelled.
 */
export async function followRun(context: CliContext, id: string): Promise<number> {
  const progress = createRunProgress(context.stderr);
  try {
    const run = await watchRun(context, id, update => progress.update(update));
    progress.end();
    printRun(context, run);
    return run.status === RunStatus.RUN_STATUS_SUCCEEDED ? 0 : 1;
  } catch (error) {
    progress.end();
    if (error instanceof Interrupted)
      context.stderr.write(
        `The run ${id} goes on. Follow it again with \`./holdfast runs watch ${id}\`, or stop it with \`./holdfast runs cancel ${id}\`.\n`,
      );
    throw error;
  }
}
