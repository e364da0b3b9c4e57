import type { Command } from 'commander';
import { ListRunsResponse, Run } from '../../proto/gen/holdfast/v1/run.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { allItems, type ListOptions } from '../lists/allItems.ts';
import { FILTER, ORDER_BY } from '../lists/listFlags.ts';
import { formatTime } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { printRun, statusName } from '../output/printRun.ts';
import { printTable } from '../output/printTable.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { wholeNumber } from '../wholeNumber.ts';
import { followRun } from './followRun.ts';

export function addRunsCommands(program: Command, run: Runner): void {
  const runs = program.command('runs').description('what is under way, and what was done');
  runs
    .command('list')
    .description('runs, newest first')
    .option('--model <name>', 'only this model’s runs')
    .option('--limit <count>', 'at most so many', wholeNumber(1, 1_000_000), 50)
    .option(...FILTER('\'status = failed AND start_time > "2026-01-01"\''))
    .option(...ORDER_BY("'model, start_time desc'"))
    .addHelpText(
      'after',
      examples('./holdfast runs list --model churn', 'holdfast runs list --limit 5 --json'),
    )
    .action((options: ListOptions & { model?: string }, command: Command) =>
      run(command, context => listRuns(context, options)),
    );
  runs
    .command('show')
    .description('one run with its candidates and its result')
    .argument('<run>', 'a run id or a workflow id')
    .addHelpText('after', examples('./holdfast runs show t1'))
    .action((id: string, _options: unknown, command: Command) =>
      run(command, context => showRun(context, id)),
    );
  runs
    .command('watch')
    .description('follow a run until it ends; exits 1 where it failed or was cancelled')
    .argument('<run>', 'a run id or a workflow id')
    .addHelpText('after', examples('./holdfast runs watch t1'))
    .action((id: string, _options: unknown, command: Command) =>
      run(command, context => followRun(context, { id, workflowId: id })),
    );
  runs
    .command('cancel')
    .description('cancel a run; its training stops within seconds')
    .argument('<run>', 'a run id or a workflow id')
    .addHelpText('after', examples('./holdfast runs cancel t1'))
    .action((id: string, _options: unknown, command: Command) =>
      run(command, context => cancelRun(context, id)),
    );
}

async function listRuns(context: CliContext, options: ListOptions & { model?: string }): Promise<number> {
  const { model = '' } = options;
  const runs = await allItems(
    options,
    page => context.clients.runs.list({ model, ...page }, { signal: context.signal }),
    found => found.runs,
  );
  const answer = { runs, nextPageToken: '' };
  if (context.format === 'json')
    printJson(context.stdout, toProtoJson('holdfast.v1.ListRunsResponse', ListRunsResponse, answer));
  else
    printTable(
      context.stdout,
      [
        { title: 'WORKFLOW' },
        { title: 'MODEL' },
        { title: 'KIND' },
        { title: 'STATUS' },
        { title: 'STAGE' },
        { title: 'CHAMPION', align: 'right' },
        { title: 'PROMOTED TO' },
        { title: 'STARTED' },
        { title: 'ENDED' },
      ],
      answer.runs.map(run => [
        run.workflowId,
        run.model,
        run.kind,
        statusName(run.status),
        run.stage,
        run.result?.championVersion || undefined,
        run.result === undefined || run.kind !== 'trainModel' ? '-' : run.result.promotedTo || 'refused',
        formatTime(run.startTime),
        formatTime(run.endTime),
      ]),
    );
  return 0;
}

async function showRun(context: CliContext, id: string): Promise<number> {
  const { runs } = context.clients;
  printRun(context, await runs.get({ run: id }, { signal: context.signal }));
  return 0;
}

async function cancelRun(context: CliContext, id: string): Promise<number> {
  const { runs } = context.clients;
  const run = await runs.cancel({ run: id }, { signal: context.signal });
  if (context.format === 'json') printJson(context.stdout, toProtoJson('holdfast.v1.Run', Run, run));
  else
    context.stderr.write(
      `Cancelling ${run.workflowId}; follow it with \`./holdfast runs watch ${run.workflowId}\`.\n`,
    );
  return 0;
}
