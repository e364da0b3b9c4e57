import { setTimeout as sleep } from 'node:timers/promises';
import { quantiles } from './quantiles.ts';
import type { LoadJob, LoadResult } from './ServingJob.ts';

/** One call from its sending to the whole answer. @returns nothing, or how it failed */
export type Call = () => Promise<string | null>;

/**
 * Each caller's call again and again: first to warm up, then measured. Says "measuring" on stdout in between, and the result as
 * JSON at the end.
 */
export async function repeatCalls(
  job: Pick<LoadJob, 'warmUpSeconds' | 'seconds'>,
  callers: readonly Call[],
): Promise<void> {
  const latencies: number[] = [];
  let failed = 0;
  let firstFailure = '';
  let measuring = false;
  const stopping = new AbortController();
  const repeat = async (call: Call): Promise<void> => {
    while (!stopping.signal.aborted) {
      const from = performance.now();
      const failure = await call();
      if (!measuring) continue;
      latencies.push(performance.now() - from);
      if (failure === null) continue;
      failed++;
      firstFailure ||= failure;
    }
  };
  const repeating = Promise.all(callers.map(repeat));
  // Whoever fails for good ends the process; until it is waited for, that must not go unheard.
  await Promise.race([repeating, sleep(job.warmUpSeconds * 1000)]);
  process.stdout.write('measuring\n');
  measuring = true;
  const begun = performance.now();
  await Promise.race([repeating, sleep(job.seconds * 1000)]);
  // On a machine that is starved a second may be too short for a single call.
  while (latencies.length === 0) await Promise.race([repeating, sleep(100)]);
  measuring = false;
  const seconds = (performance.now() - begun) / 1000;
  stopping.abort();
  const result: LoadResult = {
    calls: latencies.length,
    failed,
    firstFailure,
    seconds,
    ...quantiles(latencies),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await repeating;
}
