import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ProcessUsage, processUsage } from './processUsage.ts';
import { type LoadJob, type LoadResult, loadResultSchema } from './ServingJob.ts';
import type { StartedSide } from './startSide.ts';

export interface Measured extends LoadResult {
  readonly callsPerSecond: number;
  /** CPU time of all the server's processes for each call. */
  readonly serverMicroseconds: number;
  /** When the measured part began, and when it ended. */
  readonly megabytesBefore: number;
  readonly serverMegabytes: number;
}

/** Loads one server, which may ask others behind it, from a process of its own. The CPU time of all is taken while the load is measured, and not before. */
export async function measureLoad(
  servers: readonly Pick<StartedSide, 'pid'>[],
  job: LoadJob,
  generator = join(import.meta.dirname, 'generateLoad.ts'),
): Promise<Measured> {
  const child = spawn(process.execPath, [generator, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve));
  let before = usageOf(servers);
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'measuring') {
      before = usageOf(servers);
      continue;
    }
    const after = usageOf(servers);
    const result = loadResultSchema.parse(JSON.parse(line));
    await exited;
    return {
      ...result,
      callsPerSecond: result.calls / result.seconds,
      serverMicroseconds: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / result.calls,
      megabytesBefore: before.megabytes,
      serverMegabytes: after.megabytes,
    };
  }
  throw new Error(`the load generator ended with ${await exited} and said nothing`);
}

function usageOf(
  servers: readonly Pick<StartedSide, 'pid'>[],
): Pick<ProcessUsage, 'cpuSeconds' | 'megabytes'> {
  const usages = servers.map(({ pid }) => processUsage(pid));
  return {
    cpuSeconds: usages.reduce((sum, each) => sum + each.cpuSeconds, 0),
    megabytes: usages.reduce((sum, each) => sum + each.megabytes, 0),
  };
}
