import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchCase } from './BenchCase.ts';
import type { BenchLine, SideFigures } from './BenchLine.ts';
import { measureSide } from './measureSide.ts';
import type { SideResult } from './SideResult.ts';

/** Runs both sides in turn, as often as asked, and takes the medians. */
export async function runCase(
  { name, rows, columns, fits, boundMegabytes, prepare }: BenchCase,
  runs: number,
  python: string,
): Promise<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const [loadAverage] = loadavg();
    const { holdfast, jobs, layouts } = prepare(folder);
    const [file, ...args] = holdfast;
    const ours: SideResult[] = [];
    const theirs = new Map(layouts.map(layout => [layout, [] as SideResult[]]));
    for (let run = 0; run < runs; run++) {
      ours.push(await measureSide(process.execPath, [join(import.meta.dirname, file), ...args]));
      for (const [layout, results] of theirs)
        results.push(await measureSide(python, [join(import.meta.dirname, 'scikitLearn.py'), jobs, layout]));
    }
    const figures = summarise(ours);
    const [best] = [...theirs]
      .map(([layout, results]) => ({ layout, ...summarise(results) }))
      .sort((a, b) => a.seconds - b.seconds);
    return {
      name,
      rows,
      columns,
      fits,
      runs,
      loadAverage,
      boundMegabytes,
      holdfast: figures,
      scikitLearn: best,
      ratio: {
        seconds: figures.seconds / best.seconds,
        cpuSeconds: figures.cpuSeconds / best.cpuSeconds,
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function summarise(results: readonly SideResult[]): SideFigures {
  const [{ fits }] = results;
  return {
    seconds: median(results.map(result => result.seconds)),
    cpuSeconds: median(results.map(result => result.cpuSeconds)),
    peakMegabytes: median(results.map(result => result.peakMegabytes)),
    workMegabytes: median(results.map(result => result.peakMegabytes - result.idleMegabytes)),
    rocAuc: fits.reduce((sum, fit) => sum + fit.rocAuc, 0) / fits.length,
    fitSeconds: Object.fromEntries(
      fits.map(({ name }, index) => [name, median(results.map(result => result.fits[index].seconds))]),
    ),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
