import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { trainedHere } from '../../ml/definition/trainedHere.ts';
import { summariseSplits } from '../../ml/evaluation/summariseSplits.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { loadProject } from '../../projects/loadProject.ts';
import { runDefinition } from '../../projects/runDefinition.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { formatCount, formatDigest, formatMetric, formatSeconds } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { printSummary } from '../output/printSummary.ts';
import { wholeNumber } from '../wholeNumber.ts';

interface EvaluateOptions {
  readonly data: string;
  readonly splits: number;
  readonly seed?: number;
  readonly model?: string;
  readonly recipe?: 'holdfast' | 'original';
}

const mostSplits = 1000;

export function addEvaluateCommand(program: Command, run: Runner): void {
  program
    .command('evaluate')
    .description('how good training is on a table: repeated stratified splits, without any server')
    .requiredOption('--data <file>', 'a CSV or Parquet file')
    .option(
      '--splits <count>',
      'how many splits, each with a holdout of its own',
      wholeNumber(1, mostSplits),
      5,
    )
    .option(
      '--seed <number>',
      'of the first split; the next ones count on (default: the definition’s)',
      wholeNumber(0, 0xffff_ffff),
    )
    .option('--model <name>', 'the project (default: HOLDFAST_MODEL, churn)')
    .addOption(
      new Option('--recipe <name>', 'the parameters of the trainers').choices(['holdfast', 'original']),
    )
    .addHelpText(
      'after',
      `${examples(
        './holdfast evaluate --data telco.csv',
        './holdfast evaluate --data telco.csv --splits 5 --json > quality.json',
        './holdfast evaluate --data bank.csv --model bank --recipe original',
      )}

Every split is trained as \`train\` would, champion and all; what is printed is measured on the holdouts by
the model files: the mean over the splits and its standard deviation. Nothing is registered.`,
    )
    .action((options: EvaluateOptions, command: Command) =>
      run(command, context => evaluate(context, options)),
    );
}

async function evaluate(context: CliContext, options: EvaluateOptions): Promise<number> {
  const { configuration, directory, stdout, stderr, signal, format } = context;
  const model = options.model ?? configuration.defaultModel;
  const project = runDefinition((await loadProject(model)).definition, options.recipe);
  const { definition, elsewhere } = trainedHere(project.definition);
  if (definition.trainers.length === 0)
    throw new HoldfastError(
      'failedPrecondition',
      `All trainers of projects/${model}.ts run elsewhere (${elsewhere.join(', ')}), and evaluate asks no server: use \`./holdfast train\`, whose leaderboard shows them.`,
    );
  for (const name of elsewhere)
    stderr.write(`${name} runs elsewhere and is left out; \`./holdfast train\` measures it.\n`);
  if (definition.split.by === 'time' && options.splits > 1)
    throw new HoldfastError(
      'invalidArgument',
      `projects/${model}.ts splits by time, so that there is one holdout, the latest rows; give --splits 1.`,
    );
  const first = options.seed ?? definition.seed;
  const seeds = Array.from({ length: options.splits }, (_, place) => (first + place) % 2 ** 32);
  const place = (seed: number): string => `split ${seeds.indexOf(seed) + 1} of ${seeds.length}`;
  const evaluated = await context.evaluateFile({
    definition,
    path: resolve(directory, options.data),
    seeds,
    threads: configuration.trainingThreads,
    quarantineFolder: join(configuration.home, 'quarantine'),
    onData: ({ digest, rows, quarantined, quarantineFile }) =>
      stderr.write(
        `${options.data} (${formatDigest(digest)}): ${formatCount(rows)} rows, ${formatCount(quarantined)} quarantined${quarantineFile === null ? '' : ` (${quarantineFile})`}\n`,
      ),
    onCandidate: (seed, { trainer, metrics, seconds }) =>
      stderr.write(
        `${place(seed)}: ${trainer.padEnd(20)} ROC AUC ${formatMetric(metrics.rocAuc)}, log-loss ${formatMetric(metrics.logLoss)}, ${formatSeconds(seconds)}\n`,
      ),
    onSplit: ({ seed, champion }) => stderr.write(`${place(seed)}: champion is ${champion}\n`),
    signal,
  });
  const summary = summariseSplits(evaluated.splits);
  if (format === 'json') printJson(stdout, { model, recipe: definition.recipe, ...evaluated, summary });
  else printSummary(stdout, summary);
  return 0;
}
