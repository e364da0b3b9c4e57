import CliTable from 'cli-table3';
import { showSpread, spreadOf } from '../Spread.ts';
import type { ServingLine } from './ServingLine.ts';

/** The table for a person: beside each figure the ratio to the first of the same case, which a busy machine hardly moves. */
export function printServing(lines: readonly ServingLine[]): string {
  const table = new CliTable({
    head: [
      'WHAT',
      'SIDE',
      'RATE / FIRST',
      'CPU / FIRST',
      'p50 / FIRST',
      'p99 / FIRST',
      'CALLS/S',
      'CPU µs',
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'FAILED',
      'MB',
    ],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', ...Array.from({ length: 11 }, () => 'right' as const)],
  });
  for (const { name, side, toFirst, measured } of lines)
    table.push([
      name,
      side,
      ...(toFirst === null
        ? ['', '', '', '']
        : [toFirst.rate, toFirst.cpu, toFirst.p50, toFirst.p99].map(showSpread)),
      measured.callsPerSecond.toFixed(0),
      measured.serverMicroseconds.toFixed(0),
      measured.p50Ms.toFixed(2),
      measured.p95Ms.toFixed(2),
      measured.p99Ms.toFixed(2),
      measured.failed,
      `${measured.megabytesBefore.toFixed(0)} → ${measured.serverMegabytes.toFixed(0)}`,
    ]);
  const notes = lines.flatMap(({ name, side, measured: { besideRowsPerSecond, swapsMs } }) => [
    ...(besideRowsPerSecond > 0 ? [`${name}, ${side}: ${besideRowsPerSecond.toFixed(0)} rows/s of it.`] : []),
    ...(swapsMs.length > 0 ? [`${name}, ${side}: ${swapsMs.length} promotions, ${showSwaps(swapsMs)}.`] : []),
  ]);
  return [table.toString(), ...notes].join('\n');
}

const showSwaps = (swapsMs: readonly number[]): string =>
  `each served by all processes after ${spreadOf(swapsMs).median.toFixed(0)} ms in the median, ${Math.max(...swapsMs).toFixed(0)} ms at most`;
