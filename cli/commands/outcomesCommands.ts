import { resolve } from 'node:path';
import type { Command } from 'commander';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { type OutcomeReport, RecordOutcomesResponse } from '../../proto/gen/holdfast/v1/outcome.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { readReports } from '../outcomes/readReports.ts';
import { formatCount } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { parseMoment } from '../parseMoment.ts';
import { wholeNumber } from '../wholeNumber.ts';

interface RecordOptions {
  readonly model?: string;
  readonly unit?: string;
  readonly prediction?: string;
  readonly instance?: number;
  readonly outcome?: string;
  readonly at?: Date;
  readonly file?: string;
}

/** Of a call; the most that a server takes. */
const BATCH = 10_000;

export function addOutcomesCommands(program: Command, run: Runner): void {
  const outcomes = program.command('outcomes').description('what truly became of customers');
  outcomes
    .command('record')
    .description('say what became of a customer, or of many; the same again changes nothing')
    .option('--model <name>', 'the model (default: HOLDFAST_MODEL, churn)')
    .option('--unit <key>', 'whose outcome it is')
    .option('--prediction <id>', 'of which prediction it is the outcome')
    .option('--instance <place>', 'the place in a prediction of several', wholeNumber(0, 9_999))
    .option('--outcome <label>', 'what became of it, as the training table says it: Yes or No')
    .option('--at <time>', 'when it was seen (default: now)', parseMoment)
    .option(
      '--file <file>',
      'a CSV or Parquet table with the columns outcome, unit_key or prediction_id, and perhaps instance and observed_time',
    )
    .addHelpText(
      'after',
      examples(
        './holdfast outcomes record --unit 7590-VHVEG --outcome Yes --at 2026-01-31',
        'holdfast outcomes record --file outcomes.csv',
      ),
    )
    .action((options: RecordOptions, command: Command) =>
      run(command, context => recordOutcomes(context, options)),
    );
}

async function recordOutcomes(context: CliContext, options: RecordOptions): Promise<number> {
  const { clients, signal, stdout, format, configuration } = context;
  const model = options.model ?? configuration.defaultModel;
  const total = { recorded: 0, corrected: 0, unchanged: 0 };
  const send = async (outcomes: OutcomeReport[]): Promise<void> => {
    const answer = await clients.outcomes.recordOutcomes({ model, outcomes }, { signal });
    total.recorded += answer.recorded;
    total.corrected += answer.corrected;
    total.unchanged += answer.unchanged;
  };
  for await (const reports of givenReports(context, options))
    for (let from = 0; from < reports.length; from += BATCH) await send(reports.slice(from, from + BATCH));
  if (format === 'json')
    printJson(stdout, toProtoJson('holdfast.v1.RecordOutcomesResponse', RecordOutcomesResponse, total));
  else
    stdout.write(
      `${formatCount(total.recorded)} recorded, ${formatCount(total.corrected)} corrected, ${formatCount(total.unchanged)} known already.\n`,
    );
  return 0;
}

async function* givenReports(
  { directory, signal }: CliContext,
  { unit = '', prediction = '', instance = 0, outcome, at, file }: RecordOptions,
): AsyncGenerator<OutcomeReport[]> {
  if ((file === undefined) === (outcome === undefined))
    throw new HoldfastError(
      'invalidArgument',
      'Expected either --outcome with --unit or --prediction, or --file FILE.',
    );
  if (file !== undefined) yield* readReports(resolve(directory, file), signal);
  else if (outcome !== undefined)
    yield [{ unitKey: unit, predictionId: prediction, instance, outcome, observedTime: at }];
}
