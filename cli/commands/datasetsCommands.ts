import type { Command } from 'commander';
import { Dataset, ListDatasetsResponse } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { allItems, type ListOptions } from '../lists/allItems.ts';
import { FILTER, ORDER_BY } from '../lists/listFlags.ts';
import { formatCount, formatDigest, formatTime } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { printTable } from '../output/printTable.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { resolveData } from '../resolveData.ts';
import { addDatasetFileCommands } from './datasetFileCommands.ts';
import { followOrPrint } from './followRun.ts';

interface IngestOptions {
  readonly model?: string;
  readonly data?: string;
  readonly workflowId?: string;
  readonly wait?: boolean;
}

export function addDatasetsCommands(program: Command, run: Runner): void {
  const datasets = program.command('datasets').description('dataset versions: what was trained on');
  datasets
    .command('list')
    .description('dataset versions, newest first')
    .option('--model <name>', 'only this model’s datasets')
    .option(...FILTER('\'quarantined > 0 AND create_time > "2026-01-01"\''))
    .option(...ORDER_BY("'rows desc'"))
    .addHelpText('after', examples('./holdfast datasets list', 'holdfast datasets list --model churn --json'))
    .action((options: ListOptions & { model?: string }, command: Command) =>
      run(command, context => listDatasets(context, options)),
    );
  datasets
    .command('show')
    .description('one dataset version: counts, violations, profile (--json)')
    .argument('<model>')
    .argument('[version]', 'a number, or the beginning of a digest (default: the newest)')
    .addHelpText('after', examples('./holdfast datasets show churn', 'holdfast datasets show churn 2 --json'))
    .action((model: string, version: string | undefined, _options: unknown, command: Command) =>
      run(command, context => showDataset(context, model, version ?? '')),
    );
  datasets
    .command('ingest')
    .description('read the data; what changed becomes the next version')
    .option('--model <name>', 'the project (default: HOLDFAST_MODEL, churn)')
    .option('--data <file>', 'a CSV or Parquet file, or s3://BUCKET/KEY (default: the definition’s source)')
    .option('--workflow-id <id>', 'starting the same id again while it runs answers that run')
    .option('-w, --wait', 'follow the run until it ends; exits 1 where it failed')
    .addHelpText(
      'after',
      examples(
        './holdfast datasets ingest --wait',
        'holdfast datasets ingest --model bank --data s3://tables/bank.parquet --wait --json',
      ),
    )
    .action((options: IngestOptions, command: Command) =>
      run(command, context => ingestDataset(context, options)),
    );
  addDatasetFileCommands(datasets, run);
}

async function listDatasets(
  { clients, signal, stdout, format }: CliContext,
  options: ListOptions & { model?: string },
): Promise<number> {
  const { model = '' } = options;
  const datasets = await allItems(
    options,
    page => clients.datasets.list({ model, ...page }, { signal }),
    found => found.datasets,
  );
  const answer = { datasets, nextPageToken: '' };
  if (format === 'json')
    printJson(stdout, toProtoJson('holdfast.v1.ListDatasetsResponse', ListDatasetsResponse, answer));
  else
    printTable(
      stdout,
      [
        { title: 'MODEL' },
        { title: 'VERSION', align: 'right' },
        { title: 'ROWS', align: 'right' },
        { title: 'QUARANTINED', align: 'right' },
        { title: 'DIGEST' },
        { title: 'CREATED' },
        { title: 'SOURCE' },
      ],
      answer.datasets.map(dataset => [
        dataset.model,
        dataset.version,
        formatCount(dataset.rows),
        formatCount(dataset.quarantined),
        formatDigest(dataset.digest),
        formatTime(dataset.createTime),
        dataset.source,
      ]),
    );
  return 0;
}

async function ingestDataset(context: CliContext, options: IngestOptions): Promise<number> {
  const { clients, signal, configuration } = context;
  const started = await clients.datasets.ingest(
    {
      model: options.model ?? configuration.defaultModel,
      data: await resolveData(context, options.data),
      workflowId: options.workflowId ?? '',
      trigger: 'cli',
    },
    { signal },
  );
  return followOrPrint(context, started, options.wait);
}

/** A table shows so many of the violations; --json has them all. */
const SHOWN_VIOLATIONS = 20;

async function showDataset(context: CliContext, model: string, version: string): Promise<number> {
  const { clients, signal, stdout, format } = context;
  const dataset = await clients.datasets.get({ model, version }, { signal });
  if (format === 'json') {
    printJson(stdout, toProtoJson('holdfast.v1.Dataset', Dataset, dataset));
    return 0;
  }
  const facts: [string, string][] = [
    ['model', dataset.model],
    ['version', String(dataset.version)],
    ['digest', formatDigest(dataset.digest)],
    ['source', dataset.source],
    [
      'rows',
      `${formatCount(dataset.rows)} of ${formatCount(dataset.sourceRows)}, ${formatCount(dataset.quarantined)} quarantined`,
    ],
    ['quarantine', dataset.quarantineFile || '-'],
    ['created', formatTime(dataset.createTime)],
  ];
  for (const [name, value] of facts) stdout.write(`${name.padEnd(12)} ${value}\n`);
  const { violations } = dataset;
  if (violations.length === 0) return 0;
  stdout.write('\n');
  printTable(
    stdout,
    [{ title: 'ROW', align: 'right' }, { title: 'COLUMN' }, { title: 'VALUE' }, { title: 'RULE' }],
    violations
      .slice(0, SHOWN_VIOLATIONS)
      .map(({ row, column, value, rule }) => [row, column, JSON.stringify(value), rule]),
  );
  if (violations.length > SHOWN_VIOLATIONS)
    stdout.write(`… and ${formatCount(violations.length - SHOWN_VIOLATIONS)} more (--json shows all)\n`);
  return 0;
}
