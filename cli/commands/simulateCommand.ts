import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type DriftKind, driftKinds } from '../../ml/simulation/DriftKind.ts';
import { simulateTelco } from '../../ml/simulation/simulateTelco.ts';
import { telcoCsv } from '../../ml/simulation/telcoCsv.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { openSink } from '../openSink.ts';
import { formatCount } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { wholeNumber } from '../wholeNumber.ts';

interface SimulateOptions {
  readonly rows: number;
  readonly seed: number;
  readonly drift: DriftKind;
  readonly startRow: number;
  readonly out: string;
}

const MAXIMUM_SEED = 0xffff_ffff;

export function addSimulateCommand(program: Command, run: Runner): void {
  program
    .command('simulate')
    .description('write simulated customers with their outcomes, in the columns of Telco’s table')
    .option('--rows <count>', 'how many customers', wholeNumber(1, 1e9), 7043)
    .option('--seed <number>', 'the same seed gives the same customers', wholeNumber(0, MAXIMUM_SEED), 1)
    .addOption(
      new Option('--drift <kind>', 'how they differ from the reference').choices(driftKinds).default('none'),
    )
    .option('--start-row <number>', 'leave out the first ones of the seed', wholeNumber(0, 1e12), 0)
    .requiredOption('--out <file>', 'where the CSV goes, or - for standard output')
    .addHelpText(
      'after',
      examples(
        './holdfast simulate --rows 7043 --seed 1 --out telco.csv',
        './holdfast simulate --rows 2000 --seed 1 --start-row 7043 --drift covariate --out next-month.csv',
        './holdfast simulate --rows 10 --out -',
      ),
    )
    .action((options: SimulateOptions, command: Command) =>
      run(command, context => simulate(context, options)),
    );
}

async function simulate(context: CliContext, options: SimulateOptions): Promise<number> {
  const { stdout, stderr, directory, signal, format } = context;
  const { rows, seed, drift, startRow, out } = options;
  const path = out === '-' ? '-' : resolve(directory, out);
  const sink = await openSink(path, stdout);
  try {
    for (const chunk of telcoCsv(simulateTelco({ rows, seed, drift, startRow }))) {
      signal.throwIfAborted();
      await sink.write(chunk);
    }
    await sink.commit();
  } catch (error) {
    await sink.discard();
    throw error;
  }
  if (format === 'json' && path !== '-') printJson(stdout, { rows, seed, drift, startRow, output: out });
  else if (path !== '-') stderr.write(`${formatCount(rows)} customers: ${out}\n`);
  return 0;
}
