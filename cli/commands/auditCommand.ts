import type { Command } from 'commander';
import { roleName } from '../../platform/access/roles.ts';
import { ListAuditEventsResponse } from '../../proto/gen/holdfast/v1/account.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { allItems, type ListOptions } from '../lists/allItems.ts';
import { FILTER, ORDER_BY } from '../lists/listFlags.ts';
import { formatTime } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { printTable } from '../output/printTable.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { wholeNumber } from '../wholeNumber.ts';

interface AuditOptions extends ListOptions {
  readonly actor?: string;
  readonly method?: string;
  readonly target?: string;
}

export function addAuditCommand(program: Command, run: Runner): void {
  program
    .command('audit')
    .description('who changed what, and who logged in, newest first')
    .option('--actor <name>', 'only what this user did in a session, or by a key: USER or USER/KEY')
    .option('--method <name>', 'only this, as holdfast.v1.ModelService/Promote')
    .option('--target <path>', 'only this and what is below it, as models/churn')
    .option(...FILTER("'outcome != OK'"))
    .option(...ORDER_BY("'time'"))
    .option('--limit <count>', 'at most so many', wholeNumber(1, 1_000_000), 50)
    .addHelpText(
      'after',
      examples('./holdfast audit', './holdfast audit --actor anna/ci --target models/churn --json'),
    )
    .action((options: AuditOptions, command: Command) => run(command, context => audit(context, options)));
}

async function audit(context: CliContext, options: AuditOptions): Promise<number> {
  const { clients, signal, stdout, format } = context;
  const { actor = '', method = '', target = '' } = options;
  const events = await allItems(
    options,
    page => clients.accounts.listAuditEvents({ actor, method, target, ...page }, { signal }),
    found => found.events,
  );
  if (format === 'json') {
    const answer = { events, nextPageToken: '' };
    printJson(stdout, toProtoJson('holdfast.v1.ListAuditEventsResponse', ListAuditEventsResponse, answer));
  } else
    printTable(
      stdout,
      [
        { title: 'TIME' },
        { title: 'ACTOR' },
        { title: 'ROLE' },
        { title: 'METHOD' },
        { title: 'TARGET' },
        { title: 'OUTCOME' },
      ],
      events.map(event => [
        formatTime(event.time),
        event.actor,
        roleName(event.role) ?? '-',
        event.method.replace('holdfast.v1.', ''),
        event.target || '-',
        event.outcome || 'unknown',
      ]),
    );
  return 0;
}
