import type { Command } from 'commander';

/**
 * The ways in which a command takes customers, see readInstances.
 * @param json what its argument may be
 */
export const withInstanceOptions = (command: Command, json: string): Command =>
  command
    .argument('[json]', `${json}, or - for standard input`)
    .option('--model <name>', 'the model (default: HOLDFAST_MODEL, churn)')
    .option('--file <file>', 'read the JSON from a file')
    .option(
      '--set <column=value>',
      'one column of one customer; may be repeated',
      (setting: string, before: readonly string[] | undefined) => [...(before ?? []), setting],
    );
