import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import CliTable from 'cli-table3';
import { simulateSource } from '../../activities/data/simulateSource.ts';
import { optionsOrNull } from '../optionsOrNull.ts';
import { ingestedOnce, type IngestionLine } from './IngestionLine.ts';

// `npm run bench -- ingestion`: simulated customers as CSV files of growing length, each taken in by a process of its own. What counts
// is not the peak, most of which is the engine, but what a row more adds to it beside what it is in the table.

const usage = `npm run bench -- ingestion [--json] [--quick]
  --quick   some thousand rows: that everything works, not what it takes
`;

const run = promisify(execFile);

export async function runIngestionBench(args: readonly string[]): Promise<void> {
  const options = optionsOrNull(() => readOptions(args), usage);
  if (options === null) return;
  const sizes = options.quick ? [2_000, 4_000] : [250_000, 1_000_000, 2_000_000];
  const lines: IngestionLine[] = [];
  for (const rows of sizes) {
    process.stderr.write(`${rows.toLocaleString('en')} rows …\n`);
    lines.push(await measure(rows, lines.at(-1)));
  }
  process.stdout.write(options.json ? `${JSON.stringify({ lines }, null, 1)}\n` : `${show(lines)}\n`);
}

const readOptions = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  }).values;

async function measure(rows: number, previous: IngestionLine | undefined): Promise<IngestionLine> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const path = await simulateSource({ model: 'churn', rows, seed: 1 }, join(folder, 'data'));
    const script = join(import.meta.dirname, 'ingestOnce.ts');
    const { stdout } = await run(process.execPath, [script, path, folder]);
    const once = ingestedOnce.parse(JSON.parse(stdout));
    return {
      ...once,
      addedBytesPerRow:
        previous === undefined
          ? null
          : (2 ** 20 * (once.peakMegabytes - previous.peakMegabytes)) / (once.rows - previous.rows),
      tableBytesPerRow: (2 ** 20 * once.tableMegabytes) / once.rows,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function show(lines: readonly IngestionLine[]): string {
  const table = new CliTable({
    head: ['ROWS', 'SECONDS', 'CPU SECONDS', 'IDLE MB', 'PEAK MB', 'TABLE MB', 'BYTES A ROW', 'A ROW MORE'],
    style: { head: [], border: [], compact: true },
    colAligns: Array.from({ length: 8 }, () => 'right' as const),
  });
  for (const line of lines)
    table.push([
      line.rows.toLocaleString('en'),
      line.seconds.toFixed(1),
      line.cpuSeconds.toFixed(1),
      line.idleMegabytes.toFixed(0),
      line.peakMegabytes.toFixed(0),
      line.tableMegabytes.toFixed(0),
      line.tableBytesPerRow.toFixed(0),
      line.addedBytesPerRow?.toFixed(0) ?? '–',
    ]);
  return table.toString();
}
