import type { Command } from 'commander';
import { localKeyPath } from '../../platform/access/localKey.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { findKey } from '../credentials/findKey.ts';
import { examples } from '../examples.ts';
import { printJson } from '../output/printJson.ts';

export function addKeyCommand(program: Command, run: Runner): void {
  program
    .command('key')
    .description('the API key that this command presents, for other programs on this machine')
    .addHelpText(
      'after',
      examples(`curl -H "x-api-key: $(./holdfast key)" http://127.0.0.1:8080/v1/models`, './holdfast key'),
    )
    .action((_options: unknown, command: Command) => run(command, printKey));
}

/** Of a login nothing is shown: other programs have keys. @throws HoldfastError unauthenticated where there is none */
async function printKey({ configuration, format, stdout }: CliContext): Promise<number> {
  const key = findKey(configuration);
  if (key === undefined)
    throw new HoldfastError(
      'unauthenticated',
      `There is no key: ${localKeyPath(configuration.home)} is not there, or not this account's to read. \`npm start\` makes it; on another machine set HOLDFAST_API_KEY to a key that \`./holdfast keys create\` made.`,
    );
  if (format === 'json') printJson(stdout, { key });
  else stdout.write(`${key}\n`);
  return 0;
}
