import { access, constants, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { fileError } from '../fileError.ts';
import { printRun } from '../output/printRun.ts';
import { followRun } from './followRun.ts';

interface TrainOptions {
  readonly model?: string;
  readonly data?: string;
  readonly recipe?: string;
  readonly workflowId?: string;
  readonly wait?: boolean;
}

export function addTrainCommand(program: Command, run: Runner): void {
  program
    .command('train')
    .description('start a training run: data, candidates, gate, promotion')
    .option('--model <name>', 'the project (default: HOLDFAST_MODEL, churn)')
    .option(
      '--data <file>',
      'a CSV or Parquet file (default: the model’s newest dataset, else its own source)',
    )
    .addOption(
      new Option('--recipe <name>', 'the parameters of the trainers').choices(['holdfast', 'original']),
    )
    .option('--workflow-id <id>', 'starting the same id again while it runs answers that run')
    .option('-w, --wait', 'follow the run until it ends; exits 1 where it failed')
    .addHelpText(
      'after',
      examples(
        './holdfast train --wait',
        './holdfast train --data telco.csv --workflow-id t1',
        './holdfast train --model bank --data bank.csv --wait --json > run.json',
      ),
    )
    .action((options: TrainOptions, command: Command) => run(command, context => train(context, options)));
}

async function train(context: CliContext, options: TrainOptions): Promise<number> {
  const { clients, signal, stderr, configuration } = context;
  const data = options.data === undefined ? '' : resolve(context.directory, options.data);
  if (data !== '' && isLocal(clients.addresses.control)) await assertReadable(data);
  const started = await clients.runs.startTraining(
    {
      model: options.model ?? configuration.defaultModel,
      data,
      recipe: options.recipe ?? '',
      workflowId: options.workflowId ?? '',
      trigger: 'cli',
    },
    { signal },
  );
  if (options.wait === true) return followRun(context, started);
  printRun(context, started);
  if (context.format === 'table')
    stderr.write(`Follow it with \`./holdfast runs watch ${started.workflowId}\`.\n`);
  return 0;
}

/** Behind a loopback address the workers read the same files, so a wrong path is told before anything starts. */
const isLocal = (address: string): boolean => /^(?:127\.|localhost:|\[::1\]:)/.test(address);

async function assertReadable(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isDirectory())
      throw new HoldfastError(
        'invalidArgument',
        `--data ${path} is a folder; expected a CSV or Parquet file.`,
      );
    await access(path, constants.R_OK);
  } catch (error) {
    throw fileError(path, error);
  }
}
