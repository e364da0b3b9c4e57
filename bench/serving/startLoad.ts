import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Measured } from '../Measured.ts';
import { type ProcessUsage, processUsage } from './processUsage.ts';
import { type LoadResult, loadResultSchema, type LoadSlice } from './ServingJob.ts';

export interface Load {
  readonly pid: number;
  /** Loads for one slice. The CPU time of the servers is taken while the load is measured, and not before. */
  measure(servers: readonly { readonly pid: number }[], slice: LoadSlice): Promise<Measured>;
  stop(): Promise<void>;
}

/**
 * A generator of load in a process of its own, which stays for many slices, so that its code is warm.
 * @param job what the program takes as its first argument
 */
export function startLoad(program: string, job: unknown): Load {
  const child = spawn(process.execPath, [program, JSON.stringify(job)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve));
  // A generator that ended is heard of by its silence.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const { done, value } = await lines.next();
    if (done === true) throw new Error(`the load generator ended with ${await exited} in the middle`);
    return value;
  };
  return {
    pid: child.pid ?? 0,
    measure: async (servers, slice) => {
      child.stdin.write(`${JSON.stringify(slice)}\n`);
      await nextLine();
      const before = usageOf(servers);
      await nextLine();
      const after = usageOf(servers);
      return toMeasured(loadResultSchema.parse(JSON.parse(await nextLine())), before, after);
    },
    stop: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

type Usage = Pick<ProcessUsage, 'cpuSeconds' | 'megabytes'>;

const toMeasured = (result: LoadResult, before: Usage, after: Usage): Measured => ({
  ...result,
  callsPerSecond: result.calls / result.seconds,
  serverMicroseconds: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / result.calls,
  megabytesBefore: before.megabytes,
  serverMegabytes: after.megabytes,
  besideRowsPerSecond: 0,
  swapsMs: [],
});

function usageOf(servers: readonly { readonly pid: number }[]): Usage {
  const usages = servers.map(({ pid }) => processUsage(pid));
  return {
    cpuSeconds: usages.reduce((sum, each) => sum + each.cpuSeconds, 0),
    megabytes: usages.reduce((sum, each) => sum + each.megabytes, 0),
  };
}
