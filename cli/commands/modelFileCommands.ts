import { basename, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { writeFileAtomically, USER_FILE_MODE } from '../../platform/writeFileAtomically.ts';
import { ImportedVersion } from '../../proto/gen/holdfast/v1/model.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { outlastRestart } from '../clients/outlastRestart.ts';
import { fileError } from '../fileError.ts';
import { sendFile } from '../files/sendFile.ts';
import { formatMetric } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { printTable } from '../output/printTable.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { resolveData } from '../resolveData.ts';

/** Control answers within 170 s or says where the import is to be watched. */
const IMPORT_MS = 180_000;

interface ImportOptions {
  readonly model?: string;
  readonly trainerName?: string;
  readonly columns?: readonly string[];
  readonly threshold?: number;
  readonly samples?: string;
  readonly data?: string;
  readonly allowSlow?: boolean;
}

/** `models import` and `models download`: model files in and out. */
export function addModelFileCommands(models: Command, run: Runner): void {
  models
    .command('import')
    .description('make a model file from elsewhere (scikit-learn, LightGBM, XGBoost, PyTorch, …) a version')
    .argument('<file>', 'an ONNX file')
    .option('--model <name>', 'the project (default: HOLDFAST_MODEL, churn)')
    .option('--trainer-name <text>', 'what its trainer is called (default: imported)')
    .option(
      '--columns <names>',
      'of an input that is one matrix, in the order it was trained on: a,b,c',
      parseNames,
    )
    .option(
      '--threshold <share>',
      'answer the positive label from here (default: the best F1 in training)',
      parseShare,
    )
    .option('--samples <file>', 'a table with a column “probability”: what the file’s own library answered')
    .option('--data <file>', 'the data to evaluate it on, or s3://BUCKET/KEY (default: the model’s newest)')
    .option('--allow-slow', 'take it though it answers slower than the bound')
    .addHelpText(
      'after',
      examples(
        './holdfast models import churn.onnx --model churn --trainer-name "scikit-learn forest"',
        'holdfast models import net.onnx --columns tenure,MonthlyCharges --samples samples.csv --json',
      ),
    )
    .action((file: string, options: ImportOptions, command: Command) =>
      run(command, context => importFile(context, file, options)),
    );
  models
    .command('download')
    .description('write a version’s ONNX file')
    .argument('<version>', 'a number, production or staging')
    .option('--model <name>', 'the project (default: HOLDFAST_MODEL, churn)')
    .requiredOption('--out <file>', 'where to')
    .addHelpText('after', examples('./holdfast models download 3 --out churn.onnx'))
    .action((version: string, options: { model?: string; out: string }, command: Command) =>
      run(command, context => download(context, version, options)),
    );
}

function parseNames(text: string): string[] {
  const names = text.split(',').map(name => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Expected names with commas between, as a,b,c.');
  return names;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (!(share > 0 && share < 1)) throw new InvalidArgumentError('Expected a number above 0 and below 1.');
  return share;
}

async function importFile(context: CliContext, file: string, options: ImportOptions): Promise<number> {
  const { clients, directory, signal, stdout, stderr, configuration } = context;
  const { samples, data } = options;
  const model = options.model ?? configuration.defaultModel;
  // The file is there and the import goes on by itself: after a restart of control the same request finds it.
  const request = {
    model,
    content: Buffer.alloc(0),
    digest: await sendFile(context, resolve(directory, file)),
    fileName: basename(file),
    trainer: options.trainerName ?? '',
    columns: [...(options.columns ?? [])],
    threshold: options.threshold,
    samples: Buffer.alloc(0),
    samplesDigest: samples === undefined ? '' : await sendFile(context, resolve(directory, samples)),
    samplesName: samples ?? '',
    data: await resolveData(context, data),
    allowSlow: options.allowSlow === true,
    trigger: 'cli',
  };
  const answer = await outlastRestart(
    deadlineMs => clients.models.importVersion(request, { signal, deadlineMs }),
    { signal, answerMs: IMPORT_MS },
  );
  if (context.format === 'json') {
    printJson(stdout, toProtoJson('holdfast.v1.ImportedVersion', ImportedVersion, answer));
    return 0;
  }
  const { version, gate, notes, existed } = answer;
  const number = version?.version ?? 0;
  stdout.write(
    existed
      ? `${basename(file)} was imported before: it is version ${number} of ${model}.\n`
      : `${basename(file)} is version ${number} of ${model}: ROC AUC ${formatMetric(version?.metrics?.rocAuc)}, log-loss ${formatMetric(version?.metrics?.logLoss)}, threshold ${formatMetric(version?.threshold)}.\n`,
  );
  printTable(
    stdout,
    [{ title: 'GATE' }, { title: 'PASSED' }, { title: 'DETAIL' }],
    gate.map(({ rule, passed, detail }) => [rule, passed ? 'yes' : 'no', detail]),
  );
  for (const note of notes) stderr.write(`${note}\n`);
  stderr.write(`Nothing was promoted; \`./holdfast models promote ${model} ${number}\` does.\n`);
  return 0;
}

async function download(
  context: CliContext,
  version: string,
  options: { readonly model?: string; readonly out: string },
): Promise<number> {
  const model = options.model ?? context.configuration.defaultModel;
  const path = resolve(context.directory, options.out);
  const artifact = await context.clients.models.getArtifact({ model, version }, { signal: context.signal });
  try {
    await writeFileAtomically(path, artifact.content, { mode: USER_FILE_MODE });
  } catch (error) {
    throw fileError(path, error);
  }
  if (context.format === 'json')
    printJson(context.stdout, {
      model,
      version: artifact.version,
      digest: artifact.digest,
      bytes: artifact.content.length,
      path,
    });
  else
    context.stderr.write(
      `${path}: version ${artifact.version} of ${model}, ${artifact.content.length} bytes.\n`,
    );
  return 0;
}
