import type { Command } from 'commander';
import { Customer, ListCustomersResponse } from '../../proto/gen/holdfast/v1/outcome.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { allItems, type ListOptions } from '../lists/allItems.ts';
import { FILTER, ORDER_BY } from '../lists/listFlags.ts';
import { printCustomer, printCustomers } from '../output/printCustomers.ts';
import { printJson } from '../output/printJson.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { wholeNumber } from '../wholeNumber.ts';

interface Options extends ListOptions {
  readonly model?: string;
}

export function addCustomersCommands(program: Command, run: Runner): void {
  const customers = program
    .command('customers')
    .description('customers that were submitted: what was predicted, and what became of them');
  customers
    .command('list')
    .description('the last submitted first')
    .option('--model <name>', 'only this model’s')
    .option('--limit <count>', 'at most so many', wholeNumber(1, 1_000_000), 50)
    .option(...FILTER("'probability > 0.5 AND NOT outcome:*'"))
    .option(...ORDER_BY("'probability desc'"))
    .addHelpText('after', examples("./holdfast customers list --filter 'NOT outcome:*'"))
    .action((options: Options, command: Command) => run(command, context => listCustomers(context, options)));
  customers
    .command('show')
    .description('one customer: its columns, predictions, arm and outcomes')
    .argument('<key>', 'what it was submitted with')
    .option('--model <name>', 'the model (default: HOLDFAST_MODEL, churn)')
    .addHelpText('after', examples('./holdfast customers show 7590-VHVEG'))
    .action((key: string, options: Options, command: Command) =>
      run(command, context => showCustomer(context, key, options)),
    );
}

async function listCustomers(
  { clients, signal, stdout, format }: CliContext,
  options: Options,
): Promise<number> {
  const { model = '' } = options;
  const customers = await allItems(
    options,
    page => clients.outcomes.listCustomers({ model, ...page }, { signal }),
    answer => answer.customers,
  );
  const answer = { customers, nextPageToken: '' };
  if (format === 'json')
    printJson(stdout, toProtoJson('holdfast.v1.ListCustomersResponse', ListCustomersResponse, answer));
  else printCustomers(stdout, customers);
  return 0;
}

async function showCustomer(context: CliContext, unitKey: string, options: Options): Promise<number> {
  const { clients, signal, stdout, format, configuration } = context;
  const model = options.model ?? configuration.defaultModel;
  const customer = await clients.outcomes.getCustomer({ model, unitKey }, { signal });
  if (format === 'json') printJson(stdout, toProtoJson('holdfast.v1.Customer', Customer, customer));
  else printCustomer(stdout, customer);
  return 0;
}
