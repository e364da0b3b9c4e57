import type { Command } from 'commander';
import {
  Experiment,
  ExperimentResults,
  ListExperimentsResponse,
} from '../../proto/gen/holdfast/v1/experiment.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { confirm } from '../confirm.ts';
import { examples } from '../examples.ts';
import { parseArm, parseWeight } from '../experiments/parseArm.ts';
import { allItems, type ListOptions } from '../lists/allItems.ts';
import { FILTER, ORDER_BY } from '../lists/listFlags.ts';
import { printExperiment, printExperiments } from '../output/printExperiments.ts';
import { printJson } from '../output/printJson.ts';
import { printResults } from '../output/printResults.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { repeated } from '../repeated.ts';

interface Options {
  readonly model?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly arm?: readonly string[];
  readonly shadow?: string;
  readonly salt?: string;
}

const MODEL = ['--model <name>', 'the model (default: HOLDFAST_MODEL, churn)'] as const;
const REASON = ['--reason <text>', 'why, for the history'] as const;

export function addExperimentsCommands(program: Command, run: Runner): void {
  const experiments = program
    .command('experiments')
    .description('A/B: which share of the units which version answers');
  experiments
    .command('start')
    .description('start an experiment; one runs at a time of a model')
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .option(...MODEL)
    .requiredOption(
      '--arm <name=version:percent>',
      'an arm: a version number, production or staging, and its share of the units; repeated',
      repeated,
    )
    .option('--shadow <name=version>', 'an arm that is computed and recorded, and never answered')
    .option('--salt <text>', 'decides which unit falls where (default: MODEL/NAME)')
    .option(...REASON)
    .addHelpText(
      'after',
      examples(
        './holdfast experiments start simpler --arm A=production:80 --arm B=1:20',
        './holdfast experiments start blend --arm A=production:50 --arm B=staging:50 --shadow C=5',
        './holdfast experiments start mirror --arm A=production:100 --shadow B=staging',
      ),
    )
    .action((name: string, options: Options, command: Command) =>
      run(command, context => start(context, name, options)),
    );
  experiments
    .command('adjust')
    .description('change the weights; as few units as possible change their arm')
    .argument('<experiment>')
    .option(...MODEL)
    .requiredOption('--arm <name=percent>', 'the new share of an arm; repeated, for every arm', repeated)
    .option(...REASON)
    .addHelpText('after', examples('./holdfast experiments adjust simpler --arm A=50 --arm B=50'))
    .action((name: string, options: Options, command: Command) =>
      run(command, context => adjust(context, name, options)),
    );
  experiments
    .command('stop')
    .description('end an experiment for good: Production answers everybody again')
    .argument('<experiment>')
    .option(...MODEL)
    .option(...REASON)
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('./holdfast experiments stop simpler --reason "no difference" --yes'))
    .action((name: string, options: Options, command: Command) =>
      run(command, context => stop(context, name, options)),
    );
  experiments
    .command('list')
    .description('experiments, newest first')
    .option('--model <name>', 'only this model’s')
    .option(...FILTER("'status = running'"))
    .option(...ORDER_BY("'model, start_time desc'"))
    .addHelpText('after', examples('./holdfast experiments list'))
    .action((options: Options & ListOptions, command: Command) =>
      run(command, context => listExperiments(context, options)),
    );
  experiments
    .command('show')
    .description('one experiment: its arms, how many units each was shown to, its history')
    .argument('<experiment>')
    .option(...MODEL)
    .addHelpText('after', examples('./holdfast experiments show simpler --json'))
    .action((name: string, options: Options, command: Command) =>
      run(command, context => show(context, name, options)),
    );
  experiments
    .command('results')
    .description('what each arm shows so far, and whether the units were split as the weights say')
    .argument('<name>')
    .option(...MODEL)
    .addHelpText('after', examples('./holdfast experiments results simpler'))
    .action((name: string, options: Options, command: Command) =>
      run(command, context => results(context, name, options)),
    );
}

const modelOf = ({ configuration }: CliContext, { model }: Options): string =>
  model ?? configuration.defaultModel;

async function start(context: CliContext, name: string, options: Options): Promise<number> {
  const { arm = [], shadow, salt = '', reason = '' } = options;
  const arms = arm.map(text => parseArm(text, '--arm'));
  if (shadow !== undefined) arms.push(parseArm(shadow, '--shadow'));
  const request = { model: modelOf(context, options), name, arms, salt, reason };
  return print(context, await context.clients.experiments.start(request, { signal: context.signal }));
}

async function adjust(context: CliContext, name: string, options: Options): Promise<number> {
  const weights = (options.arm ?? []).map(parseWeight);
  const request = { model: modelOf(context, options), name, weights, reason: options.reason ?? '' };
  return print(context, await context.clients.experiments.adjust(request, { signal: context.signal }));
}

async function stop(context: CliContext, name: string, options: Options): Promise<number> {
  const model = modelOf(context, options);
  if (!(await confirm(context, `Stop the experiment ${name} of ${model} for good?`, options.yes === true))) {
    context.stderr.write('Nothing was changed.\n');
    return 1;
  }
  const request = { model, name, reason: options.reason ?? '' };
  return print(context, await context.clients.experiments.stop(request, { signal: context.signal }));
}

async function show(context: CliContext, name: string, options: Options): Promise<number> {
  const request = { model: modelOf(context, options), name };
  return print(context, await context.clients.experiments.get(request, { signal: context.signal }));
}

async function results(context: CliContext, name: string, options: Options): Promise<number> {
  const request = { model: modelOf(context, options), name };
  const answer = await context.clients.experiments.results(request, { signal: context.signal });
  if (context.format === 'json')
    printJson(context.stdout, toProtoJson('holdfast.v1.ExperimentResults', ExperimentResults, answer));
  else printResults(context.stdout, answer);
  return 0;
}

function print(context: CliContext, experiment: Experiment): number {
  if (context.format === 'json')
    printJson(context.stdout, toProtoJson('holdfast.v1.Experiment', Experiment, experiment));
  else printExperiment(context.stdout, experiment);
  return 0;
}

async function listExperiments(context: CliContext, options: Options & ListOptions): Promise<number> {
  const { model = '' } = options;
  const experiments = await allItems(
    options,
    page => context.clients.experiments.list({ model, ...page }, { signal: context.signal }),
    found => found.experiments,
  );
  const answer = { experiments, nextPageToken: '' };
  if (context.format === 'json')
    printJson(
      context.stdout,
      toProtoJson('holdfast.v1.ListExperimentsResponse', ListExperimentsResponse, answer),
    );
  else printExperiments(context.stdout, answer.experiments);
  return 0;
}
