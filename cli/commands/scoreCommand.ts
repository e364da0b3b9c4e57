import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { errorCodes, HoldfastError } from '../../platform/HoldfastError.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { createCounter } from '../output/createCounter.ts';
import { formatCount } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { modelSignature } from '../scoring/ModelSignature.ts';
import { chooseTop } from '../scoring/chooseTop.ts';
import { positiveAmount } from '../positiveAmount.ts';
import { placeOf } from '../scoring/refusal.ts';
import type { Predict } from '../scoring/scoreBatch.ts';
import { scoreFile, type ScoreFileResult } from '../scoring/scoreFile.ts';
import { wholeNumber } from '../wholeNumber.ts';

interface ScoreOptions {
  readonly in: string;
  readonly out: string;
  readonly model?: string;
  readonly version?: string;
  readonly prefix?: string;
  readonly skipBadRows?: boolean;
  readonly top?: number;
  readonly budget?: number;
}

export function addScoreCommand(program: Command, run: Runner): void {
  program
    .command('score')
    .description('score a CSV file of any size: its rows, followed by probability, label and model_version')
    .requiredOption('--in <file>', 'the CSV file, or - for standard input')
    .requiredOption('--out <file>', 'where the result goes, or - for standard output')
    .option('--model <name>', 'the model (default: HOLDFAST_MODEL, churn)')
    .option('--version <version>', 'a number, production or staging (default: production)')
    .option('--prefix <text>', 'put before the names of the three new columns')
    .option('--skip-bad-rows', 'leave the answers of rows that cannot be scored blank, instead of failing')
    .option(
      '--top <count>',
      'only so many customers, those of the highest probability, the best first',
      wholeNumber(1, 1e9),
    )
    .option(
      '--budget <amount>',
      'only as many as offers can be paid for, and only where an offer pays',
      positiveAmount,
    )
    .addHelpText(
      'after',
      `${examples(
        './holdfast score --in customers.csv --out scored.csv',
        './holdfast score --in customers.csv --out scored.csv --version 3',
        './holdfast score --in customers.csv --out contact.csv --top 100',
        './holdfast score --in - --out - < customers.csv | head',
      )}

The file needs the model's columns, in any order; all its columns are kept as they are. Where the model's
definition says what an offer costs and brings, --top and --budget add the column expected_profit. The file
appears whole or not at all; to standard output it goes as it comes, up to the first bad row.`,
    )
    .action((options: ScoreOptions, command: Command) => run(command, context => score(context, options)));
}

async function score(context: CliContext, options: ScoreOptions): Promise<number> {
  const { clients, signal, stdin, stdout, stderr, directory, configuration } = context;
  const model = options.model ?? configuration.defaultModel;
  // Resolved once: a promotion in the middle must not mix versions.
  const version = await clients.models.getVersion({ model, version: options.version ?? '' }, { signal });
  const output = options.out === '-' ? '-' : resolve(directory, options.out);
  const signature = modelSignature(version);
  const best = chooseTop(options, signature.offer, `${model} version ${version.version}`);
  const counter = createCounter(stderr, 'rows scored');
  const result = await scoreFile({
    input: options.in === '-' ? '-' : resolve(directory, options.in),
    output,
    inputs: signature.inputs,
    modelVersion: version.version,
    prefix: options.prefix ?? '',
    skipBadRows: options.skipBadRows === true,
    ...best,
    predict: patientPredict(context, model, String(version.version)),
    stdin,
    stdout,
    onProgress: rows => counter.update(rows),
    onAbsentColumns: names =>
      stderr.write(
        `note: the file has no ${names.join(', ')}; the model fills in ${names.length === 1 ? 'it' : 'them'} as missing.\n`,
      ),
  }).finally(() => counter.end());
  for (const fault of result.faults) stderr.write(`skipped ${placeOf(fault)}: ${fault.description}\n`);
  const summary = {
    model,
    modelVersion: version.version,
    rows: result.rows,
    scored: result.scored,
    skipped: result.faultyRows,
    selected: result.selected,
    expectedProfit: result.expectedProfit,
    output: options.out,
  };
  if (context.format === 'json' && output !== '-') printJson(stdout, summary);
  else
    stderr.write(
      `${said(result, `${model} version ${version.version}`)}${output === '-' ? '' : `: ${options.out}`}\n`,
    );
  return 0;
}

function said({ rows, scored, faultyRows, selected, expectedProfit }: ScoreFileResult, by: string): string {
  if (selected === undefined)
    return `${formatCount(scored)} of ${formatCount(rows)} rows scored by ${by}${faultyRows > 0 ? `, ${formatCount(faultyRows)} left blank` : ''}`;
  const profit =
    expectedProfit === undefined ? '' : `, expected profit ${formatCount(Math.round(expectedProfit))}`;
  const leftOut = faultyRows > 0 ? `, ${formatCount(faultyRows)} left out` : '';
  return `the best ${formatCount(selected)} of ${formatCount(rows)} rows by ${by}${leftOut}${profit}`;
}

const TRIES = 6;
const FIRST_WAIT_MS = 250;
const BATCH_MS = 120_000;

/** Predict that outlives a restart of the inference server: what is retryable is tried again, with doubled waits. */
function patientPredict({ clients, signal }: CliContext, model: string, version: string): Predict {
  return async instances => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await clients.prediction.predict(
          { model, version, instances: [...instances], returnProba: true },
          { signal, deadlineMs: BATCH_MS },
        );
      } catch (error) {
        const retryable = error instanceof HoldfastError && errorCodes[error.code].retryable;
        if (!retryable || attempt === TRIES) throw error;
        await sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), undefined, { signal }).catch(() =>
          signal.throwIfAborted(),
        );
      }
    }
  };
}
