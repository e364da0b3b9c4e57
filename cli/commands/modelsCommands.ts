import type { Command } from 'commander';
import {
  HistoryResponse,
  ListModelsResponse,
  ListVersionsResponse,
  ModelVersion,
  Promotion,
} from '../../proto/gen/holdfast/v1/model.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { summariseReport } from '../clients/summariseReport.ts';
import { confirm } from '../confirm.ts';
import { parseMoment } from '../parseMoment.ts';
import { examples } from '../examples.ts';
import { allItems, type ListOptions } from '../lists/allItems.ts';
import { FILTER, ORDER_BY } from '../lists/listFlags.ts';
import { formatTime } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { printTable } from '../output/printTable.ts';
import { addModelFileCommands } from './modelFileCommands.ts';
import { printVersion, printVersions } from '../output/printVersions.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { addArchiveCommands } from './archiveCommands.ts';
import { addReportCommand } from './reportCommand.ts';
import { showProductionAt } from './showProductionAt.ts';

/** A promotion ends when every inference process has loaded the version. */
const PROMOTION_MS = 180_000;

interface ShowOptions extends ListOptions {
  readonly archived?: boolean;
}

interface HistoryOptions extends ListOptions {
  readonly at?: Date;
}

interface PromoteOptions {
  readonly reason?: string;
  readonly yes?: boolean;
}

export function addModelsCommands(program: Command, run: Runner): void {
  const models = program.command('models').description('the registry: versions, and which is Production');
  models
    .command('list')
    .description('all models')
    .option(...FILTER("'production_version:*'"))
    .option(...ORDER_BY("'version_count desc'"))
    .addHelpText('after', examples('./holdfast models list', 'holdfast models list --json'))
    .action((options: ListOptions, command: Command) =>
      run(command, context => listModels(context, options)),
    );
  models
    .command('show')
    .description('a model’s versions, or one version: metrics, lineage, signature')
    .argument('<model>')
    .argument('[version]', 'a number, production or staging')
    .option('--archived', 'archived versions too')
    .option(...FILTER("'trainer = blend AND metrics.roc_auc > 0.84'"))
    .option(...ORDER_BY("'metrics.log_loss, version desc'"))
    .addHelpText(
      'after',
      examples(
        './holdfast models show churn',
        'holdfast models show churn production --json',
        'holdfast models show churn --order-by metrics.log_loss',
      ),
    )
    .action((model: string, version: string | undefined, options: ShowOptions, command: Command) =>
      run(command, context =>
        version === undefined ? listVersions(context, model, options) : showVersion(context, model, version),
      ),
    );
  addModelFileCommands(models, run);
  addReportCommand(models, run);
  models
    .command('promote')
    .description('make a version Production; answers when every inference process serves it')
    .argument('<model>')
    .argument('<version>', 'a number, or staging')
    .option('--reason <text>', 'why, for the history')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        './holdfast models promote churn 3 --reason "better calibrated"',
        './holdfast models promote churn staging --yes',
      ),
    )
    .action((model: string, version: string, options: PromoteOptions, command: Command) =>
      run(command, context => promote(context, model, version, options)),
    );
  models
    .command('rollback')
    .description('make the version Production again that was it before')
    .argument('<model>')
    .option('--reason <text>', 'why, for the history')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('./holdfast models rollback churn --reason "complaints" --yes'))
    .action((model: string, options: PromoteOptions, command: Command) =>
      run(command, context => rollback(context, model, options)),
    );
  models
    .command('history')
    .description('every move of an alias, newest first')
    .argument('<model>')
    .option(...FILTER('\'alias = production AND time > "2026-01-01"\''))
    .option(...ORDER_BY('time'))
    .option(
      '--at <time>',
      'instead, what was Production at that time, and from which run and data',
      parseMoment,
    )
    .addHelpText(
      'after',
      examples('./holdfast models history churn', 'holdfast models history churn --at 2026-01-31T12:00:00Z'),
    )
    .action((model: string, options: HistoryOptions, command: Command) =>
      run(command, context =>
        options.at === undefined
          ? history(context, model, options)
          : showProductionAt(context, model, options.at),
      ),
    );
  addArchiveCommands(models, run);
}

async function listModels(context: CliContext, options: ListOptions): Promise<number> {
  const { models } = context.clients;
  const found = await allItems(
    options,
    page => models.listModels(page, { signal: context.signal }),
    answer => answer.models,
  );
  const answer = { models: found, nextPageToken: '' };
  if (context.format === 'json')
    printJson(context.stdout, toProtoJson('holdfast.v1.ListModelsResponse', ListModelsResponse, answer));
  else
    printTable(
      context.stdout,
      [
        { title: 'MODEL' },
        { title: 'VERSIONS', align: 'right' },
        { title: 'PRODUCTION', align: 'right' },
        { title: 'STAGING', align: 'right' },
      ],
      answer.models.map(model => [
        model.name,
        model.versionCount,
        model.productionVersion,
        model.stagingVersion,
      ]),
    );
  return 0;
}

async function listVersions(context: CliContext, model: string, options: ShowOptions): Promise<number> {
  const { models } = context.clients;
  const versions = await allItems(
    options,
    page =>
      models.listVersions(
        { model, showArchived: options.archived === true, ...page },
        { signal: context.signal },
      ),
    answer => answer.versions,
  );
  const answer = { versions, nextPageToken: '' };
  if (context.format === 'json')
    printJson(context.stdout, toProtoJson('holdfast.v1.ListVersionsResponse', ListVersionsResponse, answer));
  else printVersions(context.stdout, answer.versions);
  return 0;
}

async function showVersion(context: CliContext, model: string, version: string): Promise<number> {
  const { models } = context.clients;
  const answer = await models.getVersion({ model, version }, { signal: context.signal });
  if (context.format === 'json')
    printJson(context.stdout, toProtoJson('holdfast.v1.ModelVersion', ModelVersion, answer));
  else printVersion(context.stdout, answer, await summariseReport(context, answer));
  return 0;
}

async function promote(
  context: CliContext,
  model: string,
  version: string,
  { reason = '', yes }: PromoteOptions,
): Promise<number> {
  // What the operator decides on: where somebody moves an alias before the answer, nothing is done.
  const { etag } = await context.clients.models.getModel({ model }, { signal: context.signal });
  const question = `Make ${model} version ${version} Production?`;
  if (!(await confirm(context, question, yes === true))) return declined(context);
  const { models } = context.clients;
  const request = { model, version, reason, etag };
  return printPromotion(
    context,
    await models.promote(request, { signal: context.signal, deadlineMs: PROMOTION_MS }),
  );
}

async function rollback(
  context: CliContext,
  model: string,
  { reason = '', yes }: PromoteOptions,
): Promise<number> {
  const { etag } = await context.clients.models.getModel({ model }, { signal: context.signal });
  const question = `Take ${model} back to the version that was Production before?`;
  if (!(await confirm(context, question, yes === true))) return declined(context);
  const { models } = context.clients;
  const request = { model, reason, etag };
  return printPromotion(
    context,
    await models.rollback(request, { signal: context.signal, deadlineMs: PROMOTION_MS }),
  );
}

function declined(context: CliContext): number {
  context.stderr.write('Nothing was changed.\n');
  return 1;
}

function printPromotion(context: CliContext, promotion: Promotion): number {
  const { model, version, previousVersion, loadedProcesses, time } = promotion;
  if (context.format === 'json')
    printJson(context.stdout, toProtoJson('holdfast.v1.Promotion', Promotion, promotion));
  else if (time === undefined) context.stdout.write(`${model} version ${version} is Production already.\n`);
  else
    context.stdout.write(
      `${model} version ${version} is Production${previousVersion === undefined ? '' : ` (before: version ${previousVersion})`}, loaded by ${loadedProcesses} inference process${loadedProcesses === 1 ? '' : 'es'}.\n`,
    );
  return 0;
}

async function history(context: CliContext, model: string, options: ListOptions): Promise<number> {
  const { models } = context.clients;
  const events = await allItems(
    options,
    page => models.history({ model, ...page }, { signal: context.signal }),
    answer => answer.events,
  );
  const answer = { events, nextPageToken: '' };
  if (context.format === 'json')
    printJson(context.stdout, toProtoJson('holdfast.v1.HistoryResponse', HistoryResponse, answer));
  else
    printTable(
      context.stdout,
      [
        { title: 'TIME' },
        { title: 'ALIAS' },
        { title: 'FROM', align: 'right' },
        { title: 'TO', align: 'right' },
        { title: 'BY' },
        { title: 'REASON' },
      ],
      answer.events.map(event => [
        formatTime(event.time),
        event.alias,
        event.fromVersion,
        event.toVersion,
        event.actor,
        event.reason,
      ]),
    );
  return 0;
}
