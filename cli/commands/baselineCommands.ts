import type { Command } from 'commander';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { Baseline, type SetBaselineRequest } from '../../proto/gen/holdfast/v1/monitoring.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { formatCount, formatDigest, formatTime } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { toProtoJson } from '../output/toProtoJson.ts';

interface SetOptions {
  readonly trainedVersion?: string;
  readonly dataset?: string;
  readonly reason?: string;
}

export function addBaselineCommands(program: Command, run: Runner): void {
  const baseline = program.command('baseline').description('what drift of a version is measured from');
  baseline
    .command('show')
    .description('the dataset whose profile drift is measured from (--json has the profile)')
    .argument('[model]', 'the model (default: HOLDFAST_MODEL, churn)')
    .argument('[version]', 'a number or an alias (default: production)')
    .addHelpText('after', examples('./holdfast baseline show churn'))
    .action((model: string | undefined, version: string | undefined, _options: unknown, command: Command) =>
      run(command, async context => {
        const request = { model: model ?? context.configuration.defaultModel, version: version ?? '' };
        const { clients, signal } = context;
        return print(context, await clients.monitoring.getBaseline(request, { signal }));
      }),
    );
  baseline
    .command('set')
    .description('measure drift of a version from other data than it was trained on')
    .argument('<model>')
    .argument('[version]', 'a number or an alias (default: production)')
    .option('--dataset <version>', 'a dataset version: a number, or the beginning of a digest')
    .option('--trained-version <version>', 'the data that a version was trained on')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', examples('./holdfast baseline set churn --dataset 2 --reason "prices changed"'))
    .action((model: string, version: string | undefined, options: SetOptions, command: Command) =>
      run(command, async context => {
        const { reason = '' } = options;
        const request = { model, version: version ?? '', source: sourceOf(options), reason };
        const { clients, signal } = context;
        return print(context, await clients.monitoring.setBaseline(request, { signal }));
      }),
    );
}

function sourceOf({ dataset, trainedVersion }: SetOptions): SetBaselineRequest['source'] {
  if ((dataset === undefined) === (trainedVersion === undefined))
    throw new HoldfastError('invalidArgument', 'Expected one of --dataset and --trained-version.');
  return dataset === undefined
    ? { $case: 'trainedVersion', value: trainedVersion ?? '' }
    : { $case: 'dataset', value: dataset };
}

function print({ stdout, format }: CliContext, baseline: Baseline): number {
  if (format === 'json') {
    printJson(stdout, toProtoJson('holdfast.v1.Baseline', Baseline, baseline));
    return 0;
  }
  const { model, version, datasetVersion, datasetDigest, rows, actor, reason, setTime } = baseline;
  const why =
    setTime === undefined
      ? 'it was trained on them'
      : `set by ${actor} at ${formatTime(setTime)}${reason === '' ? '' : `: ${reason}`}`;
  stdout.write(
    `Drift of ${model} version ${version} is measured from dataset ${datasetVersion} (${formatDigest(datasetDigest)}), ${formatCount(rows)} rows: ${why}.\n`,
  );
  return 0;
}
