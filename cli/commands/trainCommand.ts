import { type Command, Option } from 'commander';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { resolveData } from '../resolveData.ts';
import { followOrPrint } from './followRun.ts';

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
      'a CSV or Parquet file, or s3://BUCKET/KEY (default: the model’s newest dataset, else its own source)',
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
  const { clients, signal, configuration } = context;
  const started = await clients.runs.startTraining(
    {
      model: options.model ?? configuration.defaultModel,
      data: await resolveData(context, options.data),
      recipe: options.recipe ?? '',
      workflowId: options.workflowId ?? '',
      trigger: 'cli',
    },
    { signal },
  );
  return followOrPrint(context, started, options.wait);
}
