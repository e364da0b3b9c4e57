import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { TASK_QUEUE } from '../../platform/workflowContract.ts';
import type { Component, SystemStatus } from '../../proto/gen/holdfast/v1/system.ts';
import type { ControlPorts } from '../ControlPorts.ts';

/** A part that does not answer within it is down. */
const ANSWER_MS = 3_000;
/** A worker polls at least once a minute; Temporal keeps a poller that went away for five. */
const POLLED_WITHIN_MS = 90_000;

/** How the parts stand that control can see. Never fails for one that is away: that is the answer. */
export async function getStatus(ports: ControlPorts): Promise<SystemStatus> {
  const { database, temporal, address } = ports;
  const others = await Promise.all([
    ask('postgresql', database.address, async () => {
      await database.read(manager => manager.execute('select 1'));
      return 'answers';
    }),
    ask('temporal', temporal.address, async () => {
      const { serverVersion } = await temporal.ask(
        client => client.workflowService.getSystemInfo({}),
        ANSWER_MS,
      );
      return `version ${serverVersion}, namespace ${temporal.namespace}`;
    }),
    ask('worker', `task queue ${TASK_QUEUE}`, async () => {
      const workers = await temporal.ask(client => countWorkers(client, temporal.namespace), ANSWER_MS);
      if (workers > 0) return `${workers} polling`;
      throw new HoldfastError('unavailable', 'no worker polls the task queue; start one with `npm start`');
    }),
  ]);
  return { components: [{ name: 'control', up: true, address, detail: 'serving' }, ...others] };
}

async function ask(name: string, address: string, question: () => Promise<string>): Promise<Component> {
  try {
    return { name, up: true, address, detail: await question() };
  } catch (error) {
    return { name, up: false, address, detail: error instanceof Error ? error.message : String(error) };
  }
}

async function countWorkers(client: Client, namespace: string): Promise<number> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  const now = Date.now();
  const recent = (pollers ?? []).filter(({ lastAccessTime }) => {
    const seconds = Number(lastAccessTime?.seconds ?? 0);
    return now - seconds * 1000 < POLLED_WITHIN_MS;
  });
  return new Set(recent.map(({ identity }) => identity)).size;
}
