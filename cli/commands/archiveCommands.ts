import type { Command } from 'commander';
import { ModelVersion } from '../../proto/gen/holdfast/v1/model.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { printJson } from '../output/printJson.ts';
import { toProtoJson } from '../output/toProtoJson.ts';

export function addArchiveCommands(models: Command, run: Runner): void {
  models
    .command('archive')
    .description('hide a version that nothing uses; its files stay, and it cannot be promoted')
    .argument('<model>')
    .argument('<version>', 'a number')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', examples('./holdfast models archive churn 2 --reason "trained on bad data"'))
    .action((model: string, version: string, { reason = '' }: { reason?: string }, command: Command) =>
      run(command, async context => {
        const { clients, signal } = context;
        return print(context, await clients.models.archive({ model, version, reason }, { signal }));
      }),
    );
  models
    .command('unarchive')
    .description('take an archived version back')
    .argument('<model>')
    .argument('<version>', 'a number')
    .addHelpText('after', examples('./holdfast models unarchive churn 2'))
    .action((model: string, version: string, _options: unknown, command: Command) =>
      run(command, async context => {
        const { clients, signal } = context;
        return print(context, await clients.models.unarchive({ model, version, reason: '' }, { signal }));
      }),
    );
}

function print({ stdout, format }: CliContext, answer: ModelVersion): number {
  const { model, version, archiveTime } = answer;
  if (format === 'json') printJson(stdout, toProtoJson('holdfast.v1.ModelVersion', ModelVersion, answer));
  else
    stdout.write(
      `${model} version ${version} is ${archiveTime === undefined ? 'not archived' : 'archived'}.\n`,
    );
  return 0;
}
