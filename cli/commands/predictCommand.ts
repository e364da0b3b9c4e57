import type { Command } from 'commander';
import { PredictResponse } from '../../proto/gen/holdfast/v1/prediction.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { printJson } from '../output/printJson.ts';
import { printTable } from '../output/printTable.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { type InstanceOptions, readInstances } from '../prediction/readInstances.ts';
import { withInstanceOptions } from '../prediction/withInstanceOptions.ts';

interface PredictOptions extends InstanceOptions {
  readonly model?: string;
  readonly version?: string;
}

export function addPredictCommand(program: Command, run: Runner): void {
  const command = program.command('predict').description('score one customer or several');
  withInstanceOptions(command, 'an object, a list of objects')
    .option('--version <version>', 'a number, production or staging (default: production)')
    .addHelpText(
      'after',
      examples(
        `./holdfast predict '{"tenure": 5, "Contract": "Month-to-month", …}'`,
        './holdfast predict --set tenure=5 --set Contract=Month-to-month …',
        './holdfast predict --file customers.json --json',
        'cat customers.json | ./holdfast predict -',
      ),
    )
    .action((json: string | undefined, options: PredictOptions, command: Command) =>
      run(command, context => predict(context, json, options)),
    );
}

async function predict(
  context: CliContext,
  json: string | undefined,
  options: PredictOptions,
): Promise<number> {
  const { clients, signal, stdout, format, configuration } = context;
  const model = options.model ?? configuration.defaultModel;
  const version = options.version ?? '';
  const instances = await readInstances(context, json, { ...options, model, version });
  const answer = await clients.prediction.predict(
    { model, version, instances, returnProba: true },
    { signal },
  );
  if (format === 'json') {
    printJson(stdout, toProtoJson('holdfast.v1.PredictResponse', PredictResponse, answer));
    return 0;
  }
  printTable(
    stdout,
    [
      { title: 'ROW', align: 'right' },
      { title: 'LABEL' },
      { title: 'PROBABILITY', align: 'right' },
      { title: 'MODEL' },
      { title: 'VERSION', align: 'right' },
    ],
    answer.predictions.map((label, index) => [
      index + 1,
      label,
      answer.probabilities[index]?.toFixed(4),
      answer.model,
      answer.modelVersion,
    ]),
  );
  return 0;
}
