import type { Measured } from './Measured.ts';
import { spreadOf } from './Spread.ts';

/** Several slices of one side as one. */
export function summarise(slices: readonly Measured[]): Measured {
  const sum = (of: (slice: Measured) => number): number =>
    slices.reduce((total, each) => total + of(each), 0);
  const median = (of: (slice: Measured) => number): number => spreadOf(slices.map(of)).median;
  return {
    calls: sum(({ calls }) => calls),
    failed: sum(({ failed }) => failed),
    firstFailure: slices.find(({ failed }) => failed > 0)?.firstFailure ?? '',
    seconds: sum(({ seconds }) => seconds),
    callsPerSecond: median(({ callsPerSecond }) => callsPerSecond),
    serverMicroseconds: median(({ serverMicroseconds }) => serverMicroseconds),
    p50Ms: median(({ p50Ms }) => p50Ms),
    p95Ms: median(({ p95Ms }) => p95Ms),
    p99Ms: median(({ p99Ms }) => p99Ms),
    megabytesBefore: slices[0].megabytesBefore,
    serverMegabytes: slices[slices.length - 1].serverMegabytes,
    besideRowsPerSecond: median(({ besideRowsPerSecond }) => besideRowsPerSecond),
    swapsMs: slices.flatMap(({ swapsMs }) => swapsMs),
  };
}
