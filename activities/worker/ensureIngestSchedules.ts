import { Client, Connection, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Logger } from '../../observability/createLogger.ts';
import { TASK_QUEUE } from '../../platform/workflowContract.ts';
import { listProjects, loadProject } from '../../projects/loadProject.ts';

export interface ScheduleOptions {
  readonly address: string;
  readonly namespace: string;
  readonly logger: Logger;
}

/** How often data is taken in once somebody lets it. */
const EVERY = '1h';

/**
 * Sees to it that each model whose definition names a source has the Schedule `MODEL-ingest`. It is made paused; from then on it
 * is the operators', in Temporal's UI or by its command, and is not touched again. Without it everything else works, so what goes
 * wrong here is told and left.
 */
export async function ensureIngestSchedules({ address, namespace, logger }: ScheduleOptions): Promise<void> {
  try {
    const connection = await Connection.connect({ address });
    try {
      const client = new Client({ connection, namespace });
      for (const model of await listProjects()) await ensure(client, model, logger);
    } finally {
      await connection.close();
    }
  } catch (error) {
    logger.warn({ err: error }, 'the schedules of ingestion could not be looked after');
  }
}

async function ensure(client: Client, model: string, logger: Logger): Promise<void> {
  try {
    const { definition } = await loadProject(model);
    if (definition.source === undefined) return;
    await client.schedule.create({
      scheduleId: `${model}-ingest`,
      spec: { intervals: [{ every: EVERY }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'ingestDataset',
        workflowId: `${model}-ingest`,
        taskQueue: TASK_QUEUE,
        args: [{ model, trigger: 'schedule' }],
      },
      // A source that takes longer than the interval is not read twice at a time, and a night's outage is not made up for.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
      state: { paused: true, note: 'made paused: unpause it to take data in regularly' },
    });
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return;
    logger.warn({ err: error, model }, 'the schedule of an ingestion could not be made');
  }
}
