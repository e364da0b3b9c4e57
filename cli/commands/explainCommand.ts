import type { Command } from 'commander';
import { ExplainResponse } from '../../proto/gen/holdfast/v1/prediction.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { printExplanations } from '../output/printExplanations.ts';
import { printJson } from '../output/printJson.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { type InstanceOptions, readInstances } from '../prediction/readInstances.ts';
import { withInstanceOptions } from '../prediction/withInstanceOptions.ts';

interface ExplainOptions extends InstanceOptions {
  readonly model?: string;
  readonly version?: string;
}

export function addExplainCommand(program: Command, run: Runner): void {
  const command = program
    .command('explain')
    .description("say what each column contributes to a customer's score");
  withInstanceOptions(command, 'an object, a list of at most 100 objects')
    .option('--version <version>', 'a number, production or staging (default: production)')
    .addHelpText(
      'after',
      examples(
        `./holdfast explain '{"tenure": 5, "Contract": "Month-to-month", …}'`,
        './holdfast explain --file customers.json --json',
      ),
    )
    .action((json: string | undefined, options: ExplainOptions, command: Command) =>
      run(command, context => explain(context, json, options)),
    );
}

async function explain(
  context: CliContext,
  json: string | undefined,
  options: ExplainOptions,
): Promise<number> {
  const { clients, signal, stdout, format, configuration } = context;
  const model = options.model ?? configuration.defaultModel;
  const version = options.version ?? '';
  const instances = await readInstances(context, json, { ...options, model, version });
  const answer = await clients.prediction.explain({ model, version, instances }, { signal });
  if (format === 'json')
    printJson(stdout, toProtoJson('holdfast.v1.ExplainResponse', ExplainResponse, answer));
  else printExplanations(stdout, answer);
  return 0;
}
