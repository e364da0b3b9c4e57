import CliTable from 'cli-table3';
import { showSpread } from '../Spread.ts';
import type { BenchLine } from './BenchLine.ts';

/** The table for a person. */
export function printLines(lines: readonly BenchLine[]): string {
  const table = new CliTable({
    head: [
      'WHAT',
      'ROWS',
      'SECONDS',
      'SKLEARN',
      'RATIO',
      'CPU SECONDS',
      'SKLEARN',
      'RATIO',
      'ROC AUC',
      'SKLEARN',
      'WORK MB',
      'BOUND',
      'SKLEARN',
    ],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', ...Array.from({ length: 12 }, () => 'right' as const)],
  });
  for (const { name, rows, boundMegabytes, holdfast, scikitLearn, ratio } of lines)
    table.push([
      name,
      rows.toLocaleString('en'),
      holdfast.seconds.toFixed(2),
      scikitLearn.seconds.toFixed(2),
      showSpread(ratio.seconds),
      holdfast.cpuSeconds.toFixed(2),
      scikitLearn.cpuSeconds.toFixed(2),
      showSpread(ratio.cpuSeconds),
      holdfast.rocAuc.toFixed(4),
      scikitLearn.rocAuc.toFixed(4),
      holdfast.workMegabytes.toFixed(0),
      boundMegabytes?.toFixed(0) ?? '–',
      scikitLearn.workMegabytes.toFixed(0),
    ]);
  return table.toString();
}
