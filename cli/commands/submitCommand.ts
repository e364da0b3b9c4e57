import type { Command } from 'commander';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { SubmitResponse } from '../../proto/gen/holdfast/v1/prediction.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { printJson } from '../output/printJson.ts';
import { printTable } from '../output/printTable.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { type InstanceOptions, readInstances } from '../prediction/readInstances.ts';
import { withInstanceOptions } from '../prediction/withInstanceOptions.ts';

interface SubmitOptions extends InstanceOptions {
  readonly model?: string;
  readonly unit?: string;
}

export function addSubmitCommand(program: Command, run: Runner): void {
  const command = program
    .command('submit')
    .description('score one customer and keep it until its true outcome is known');
  withInstanceOptions(command, 'an object')
    .option('--unit <key>', 'whose customer this is (default: its id column)')
    .addHelpText(
      'after',
      examples(`./holdfast submit --unit 7590-VHVEG '{"tenure": 5, "Contract": "Month-to-month", …}'`),
    )
    .action((json: string | undefined, options: SubmitOptions, command: Command) =>
      run(command, context => submit(context, json, options)),
    );
}

async function submit(
  context: CliContext,
  json: string | undefined,
  options: SubmitOptions,
): Promise<number> {
  const { clients, signal, stdout, format, configuration } = context;
  const model = options.model ?? configuration.defaultModel;
  const instances = await readInstances(context, json, { ...options, model, version: '' });
  if (instances.length !== 1)
    throw new HoldfastError(
      'invalidArgument',
      `${instances.length} customers were given; expected one. Submit them one by one.`,
    );
  const request = { model, instance: instances[0], unitKey: options.unit ?? '' };
  const answer = await clients.prediction.submit(request, { signal });
  if (format === 'json') {
    printJson(stdout, toProtoJson('holdfast.v1.SubmitResponse', SubmitResponse, answer));
    return 0;
  }
  printTable(
    stdout,
    [
      { title: 'UNIT' },
      { title: 'LABEL' },
      { title: 'PROBABILITY', align: 'right' },
      { title: 'MODEL' },
      { title: 'VERSION', align: 'right' },
      { title: 'ARM' },
      { title: 'PREDICTION' },
    ],
    [
      [
        answer.unitKey,
        answer.label,
        answer.probability.toFixed(4),
        answer.model,
        answer.modelVersion,
        answer.arm === '' ? null : `${answer.experiment}/${answer.arm}`,
        answer.predictionId,
      ],
    ],
  );
  return 0;
}
