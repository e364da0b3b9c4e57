import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { DatasetValidation } from '../../proto/gen/holdfast/v1/dataset.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { sendFile } from '../files/sendFile.ts';
import { printJson } from '../output/printJson.ts';
import { printValidation } from '../output/printValidation.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { followOrPrint } from './followRun.ts';

// Tables that are sent, for workers that cannot read this machine's files.

interface UploadOptions {
  readonly model?: string;
  readonly workflowId?: string;
  readonly wait?: boolean;
}

/** A worker reads and validates meanwhile. */
const VALIDATION_MS = 180_000;
const MODEL = ['--model <name>', 'the project (default: HOLDFAST_MODEL, churn)'] as const;

export function addDatasetFileCommands(datasets: Command, run: Runner): void {
  datasets
    .command('upload')
    .description('send a file, for workers that cannot read it here; it becomes a dataset version')
    .argument('<file>', 'a CSV or Parquet file, at most 2 GiB')
    .option(...MODEL)
    .option('--workflow-id <id>', 'starting the same id again while it runs answers that run')
    .option('-w, --wait', 'follow the run until it ends; exits 1 where it failed')
    .addHelpText('after', examples('./holdfast datasets upload customers.csv --wait'))
    .action((file: string, options: UploadOptions, command: Command) =>
      run(command, context => upload(context, file, options)),
    );
  datasets
    .command('validate')
    .description('what taking a file in would say of each column; exits 1 where it would be refused')
    .argument('<file>', 'a CSV or Parquet file, at most 2 GiB')
    .option(...MODEL)
    .addHelpText('after', examples('./holdfast datasets validate customers.csv'))
    .action((file: string, options: UploadOptions, command: Command) =>
      run(command, context => validate(context, file, options)),
    );
}

async function upload(context: CliContext, file: string, options: UploadOptions): Promise<number> {
  const { clients, signal } = context;
  const { workflowId = '', wait } = options;
  const request = { ...(await send(context, file, options)), workflowId, trigger: 'cli' };
  return followOrPrint(context, await clients.datasets.upload(request, { signal }), wait);
}

async function validate(context: CliContext, file: string, options: UploadOptions): Promise<number> {
  const { clients, signal, stdout, format } = context;
  const request = { ...(await send(context, file, options)), data: '' };
  const answer = await clients.datasets.validate(request, { signal, deadlineMs: VALIDATION_MS });
  if (format === 'json')
    printJson(stdout, toProtoJson('holdfast.v1.DatasetValidation', DatasetValidation, answer));
  else printValidation(stdout, answer);
  return answer.acceptable ? 0 : 1;
}

/** What the requests say of the file once it is there. */
async function send(
  context: CliContext,
  file: string,
  { model = context.configuration.defaultModel }: UploadOptions,
) {
  const path = resolve(context.directory, file);
  const digest = await sendFile(context, path);
  return { model, content: Buffer.alloc(0), digest, fileName: basename(path) };
}
