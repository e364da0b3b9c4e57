import { open } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { USER_FILE_MODE, writeFileAtomically } from '../../platform/writeFileAtomically.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { fileError } from '../fileError.ts';
import { printJson } from '../output/printJson.ts';

interface InitOptions {
  readonly name: string;
  readonly label: string;
  readonly positive: string;
  readonly id?: string;
  readonly force?: boolean;
}

export function addInitCommand(program: Command, run: Runner): void {
  program
    .command('init')
    .description('draft a project definition by looking at a table: projects/NAME.ts')
    .argument('<file>', 'a CSV or Parquet file with a yes/no outcome')
    .requiredOption('--name <name>', 'the model’s name: lower-case letters, digits and hyphens')
    .requiredOption('--label <column>', 'the column of the outcome')
    .requiredOption('--positive <value>', 'its value that is to be predicted (the customer left)')
    .option('--id <column>', 'the customer id’s column; the model will not see it')
    .option('--force', 'replace a definition that is there')
    .addHelpText(
      'after',
      examples(
        './holdfast init bank.csv --name bank --label Exited --positive 1 --id CustomerId',
        './holdfast train --model bank --data bank.csv --wait',
      ),
    )
    .action((file: string, options: InitOptions, command: Command) =>
      run(command, context => init(context, file, options)),
    );
}

async function init(context: CliContext, file: string, options: InitOptions): Promise<number> {
  const { directory, stdout, stderr, signal, format } = context;
  const { name, label, positive, id, force } = options;
  const table = resolve(directory, file);
  // It brings a database engine along, which no other command should wait for.
  const { draftProject } = await import('../../projects/draftProject.ts');
  const { text, path, definition, warnings } = await draftProject({
    path: table,
    name,
    label,
    positive,
    id,
    signal,
  });
  await writeDefinition(path, text, force === true);
  for (const warning of warnings) stderr.write(`note: ${warning}\n`);
  if (format === 'json') printJson(stdout, { path, definition, warnings });
  else {
    stdout.write(`${relative(directory, path)}\n`);
    stderr.write(
      `Read it through, then train: \`./holdfast train --model ${name} --data ${file} --wait\`, or \`npm start -- --model ${name} --data ${file}\`.\n`,
    );
  }
  return 0;
}

/** @throws HoldfastError alreadyExists where a file is there and is not to be replaced */
async function writeDefinition(path: string, text: string, force: boolean): Promise<void> {
  try {
    if (force) {
      await writeFileAtomically(path, text, { mode: USER_FILE_MODE });
      return;
    }
    const file = await open(path, 'wx');
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new HoldfastError(
        'alreadyExists',
        `${path} is there already. Choose another --name, or replace it with --force.`,
        { cause: error },
      );
    throw fileError(path, error);
  }
}
