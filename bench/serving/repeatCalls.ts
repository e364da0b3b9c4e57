import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantiles } from './quantiles.ts';
import { type LoadResult, type LoadSlice, loadSliceSchema } from './ServingJob.ts';

/** One call from its sending to the whole answer. @returns nothing, or how it failed */
export type Call = () => Promise<string | null>;

/** Callers whose calls go on at once, and the end of their connections. */
export interface Callers {
  readonly calls: readonly Call[];
  close(): void;
}

/**
 * For each slice that stdin asks for, the callers' calls again and again: first to warm up, then measured. Says "measuring" and
 * "measured" on stdout before and after that, and the result as JSON when the calls under way have ended. Connections are made
 * anew for each slice, since it is by chance to which of a server's processes they go.
 */
export async function repeatCalls(connect: () => Callers): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const slice = loadSliceSchema.parse(JSON.parse(line));
    const callers = connect();
    await repeatFor(slice, callers.calls);
    callers.close();
  }
}

async function repeatFor({ warmUpSeconds, seconds }: LoadSlice, calls: readonly Call[]): Promise<void> {
  const latencies: number[] = [];
  let failed = 0;
  let firstFailure = '';
  let measuring = false;
  const stopping = new AbortController();
  const repeat = async (call: Call): Promise<void> => {
    while (!stopping.signal.aborted) {
      const from = performance.now();
      const failure = await call();
      if (measuring) latencies.push(performance.now() - from);
      if (failure === null) continue;
      // No matter when.
      failed++;
      firstFailure ||= failure;
    }
  };
  const repeating = Promise.all(calls.map(repeat));
  // Whoever fails for good ends the process; until it is waited for, that must not go unheard.
  await Promise.race([repeating, sleep(warmUpSeconds * 1000)]);
  process.stdout.write('measuring\n');
  measuring = true;
  const begun = performance.now();
  await Promise.race([repeating, sleep(seconds * 1000)]);
  // On a machine that is starved a second may be too short for a single call.
  while (latencies.length === 0) await Promise.race([repeating, sleep(100)]);
  measuring = false;
  const took = (performance.now() - begun) / 1000;
  process.stdout.write('measured\n');
  stopping.abort();
  await repeating;
  const result: LoadResult = {
    calls: latencies.length,
    failed,
    firstFailure,
    seconds: took,
    ...quantiles(latencies),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
