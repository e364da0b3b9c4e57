import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spreadOf } from '../Spread.ts';
import type { BenchCase } from './BenchCase.ts';
import type { BenchLine, SideFigures } from './BenchLine.ts';
import { measureSide } from './measureSide.ts';
import type { SideResult } from './SideResult.ts';

/**
 * Runs both sides in turn, as often as asked. What is compared is what ran one after the other: the ratios are medians of each
 * run's own, since a shared machine is another one a minute later.
 */
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
    const theirs = layouts.map(layout => ({ layout, results: [] as SideResult[] }));
    const measures = [
      async () => ours.push(await measureSide(process.execPath, [join(import.meta.dirname, file), ...args])),
      ...theirs.map(({ layout, results }) => async () => {
        const script = join(import.meta.dirname, 'scikitLearn.py');
        return results.push(await measureSide(python, [script, jobs, layout]));
      }),
    ];
    for (let run = 0; run < runs; run++)
      // Every other run backwards: nobody always comes after the same one.
      for (const measure of run % 2 === 0 ? measures : measures.toReversed()) await measure();
    const [best] = theirs
      .map(({ layout, results }) => ({ results, figures: { layout, ...summarise(results) } }))
      .sort((one, other) => one.figures.seconds - other.figures.seconds);
    const ratioOf = (of: (result: SideResult) => number) =>
      spreadOf(ours.map((result, run) => of(result) / of(best.results[run])));
    return {
      name,
      rows,
      columns,
      fits,
      runs,
      loadAverage,
      boundMegabytes,
      holdfast: summarise(ours),
      scikitLearn: best.figures,
      ratio: {
        seconds: ratioOf(({ seconds }) => seconds),
        cpuSeconds: ratioOf(({ cpuSeconds }) => cpuSeconds),
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

const median = (values: readonly number[]): number => spreadOf(values).median;
