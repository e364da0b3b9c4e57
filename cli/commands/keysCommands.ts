import { type Command, Option } from 'commander';
import { type RoleName, roleName, roleNames, roleOf } from '../../platform/access/roles.ts';
import {
  type Key,
  Key as KeyMessage,
  ListKeysResponse,
  NewKey,
} from '../../proto/gen/holdfast/v1/account.ts';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { confirm } from '../confirm.ts';
import { examples } from '../examples.ts';
import { allItems, type ListOptions } from '../lists/allItems.ts';
import { FILTER, ORDER_BY } from '../lists/listFlags.ts';
import { formatTime } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { printTable } from '../output/printTable.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { repeated } from '../repeated.ts';
import { wholeNumber } from '../wholeNumber.ts';

interface CreateOptions {
  readonly role?: RoleName;
  readonly user?: string;
  readonly model?: readonly string[];
  readonly days: number;
}

interface KeyListOptions extends ListOptions {
  readonly user?: string;
  readonly all?: boolean;
}

interface RevokeOptions {
  readonly withMade?: boolean;
  readonly yes?: boolean;
}

export function addKeysCommands(program: Command, run: Runner): void {
  const keys = program.command('keys').description('API keys, by which programs prove who they are');
  keys
    .command('create')
    .description('a new key; prints it, which is shown this once')
    .argument('<name>', 'what it is for: letters, digits and . _ -')
    .addOption(
      new Option('--role <role>', 'what it may do, at most what its user may (default: that)').choices(
        roleNames,
      ),
    )
    .option('--user <user>', 'whose it is; another’s takes an admin (default: one’s own)')
    .option('--model <name>', 'a model that it may touch, and no other; repeated (default: all)', repeated)
    .option('--days <count>', 'how long it works', wholeNumber(1, 3650), 365)
    .addHelpText(
      'after',
      examples(
        './holdfast keys create checkout --role predictor --model churn --days 90',
        'export HOLDFAST_API_KEY=$(./holdfast keys create ci --role operator)',
      ),
    )
    .action((name: string, options: CreateOptions, command: Command) =>
      run(command, context => create(context, name, options)),
    );
  keys
    .command('list')
    .description('one’s own keys (a key lists itself), an admin’s list everybody’s; newest first')
    .option('--user <user>', 'only this user’s')
    .option('--all', 'also those that were revoked or have expired')
    .option(...FILTER("'models:churn'"))
    .option(...ORDER_BY("'name'"))
    .addHelpText('after', examples('./holdfast keys list', './holdfast keys list --all --json'))
    .action((options: KeyListOptions, command: Command) => run(command, context => list(context, options)));
  keys
    .command('revoke')
    .description('end a key for good, within seconds')
    .argument('<key>', 'its id, as `keys list` shows it')
    .option('--with-made', 'also the keys that it made, and those that they made in turn')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('./holdfast keys revoke 4fk2b7 --yes'))
    .action((id: string, options: RevokeOptions, command: Command) =>
      run(command, context => revoke(context, id, options)),
    );
}

async function create(
  { clients, signal, stdout, stderr, format }: CliContext,
  name: string,
  { role, user = '', model = [], days }: CreateOptions,
): Promise<number> {
  const answer = await clients.accounts.createKey(
    {
      name,
      role: role === undefined ? Role.ROLE_UNSPECIFIED : roleOf(role),
      user,
      models: [...model],
      validDays: days,
    },
    { signal },
  );
  if (format === 'json') printJson(stdout, toProtoJson('holdfast.v1.NewKey', NewKey, answer));
  else {
    if (answer.key !== undefined) stderr.write(`${describe(answer.key)}\nThe key, shown this once:\n`);
    stdout.write(`${answer.secret}\n`);
  }
  return 0;
}

const describe = ({ id, name, user, role, models, expireTime }: Key): string =>
  `${name} (${id}) of ${user}: ${roleName(role) ?? '-'}${models.length === 0 ? '' : `, for ${models.join(', ')} only`}, until ${formatTime(expireTime)}`;

async function list(
  { clients, signal, stdout, format }: CliContext,
  options: KeyListOptions,
): Promise<number> {
  const { user = '', all = false } = options;
  const keys = await allItems(
    options,
    page => clients.accounts.listKeys({ user, showEnded: all, ...page }, { signal }),
    found => found.keys,
  );
  const answer = { keys, nextPageToken: '' };
  if (format === 'json')
    printJson(stdout, toProtoJson('holdfast.v1.ListKeysResponse', ListKeysResponse, answer));
  else
    printTable(
      stdout,
      [
        { title: 'KEY' },
        { title: 'NAME' },
        { title: 'USER' },
        { title: 'ROLE' },
        { title: 'MADE BY' },
        { title: 'MODELS' },
        { title: 'LAST USE' },
        { title: 'UNTIL' },
        { title: 'STATE' },
      ],
      keys.map(key => [
        key.id,
        key.name,
        key.user,
        roleName(key.role) ?? '-',
        key.madeBy || key.creator,
        key.models.join(', ') || 'all',
        formatTime(key.lastUseTime),
        formatTime(key.expireTime),
        stateOf(key),
      ]),
    );
  return 0;
}

function stateOf({ revokeTime, expireTime }: Key): string {
  if (revokeTime !== undefined) return `revoked ${formatTime(revokeTime)}`;
  return expireTime !== undefined && expireTime.getTime() <= Date.now() ? 'expired' : 'works';
}

async function revoke(
  context: CliContext,
  id: string,
  { withMade = false, yes = false }: RevokeOptions,
): Promise<number> {
  const { clients, signal, stdout, stderr, format } = context;
  if (
    !(await confirm(
      context,
      `Revoke the key ${id}${withMade ? ' and all that came of it' : ''}? What uses it stops working.`,
      yes,
    ))
  ) {
    stderr.write('Nothing was changed.\n');
    return 1;
  }
  const key = await clients.accounts.revokeKey({ id, withMade }, { signal });
  if (format === 'json') printJson(stdout, toProtoJson('holdfast.v1.Key', KeyMessage, key));
  else {
    stdout.write(`${key.name} (${key.id}) of ${key.user} is revoked.\n`);
    if (key.workingMadeCount > 0)
      stderr.write(
        `${key.workingMadeCount} ${key.workingMadeCount === 1 ? 'key that came of it works' : 'keys that came of it work'} on: \`./holdfast keys list --filter 'made_by:*'\` shows them, \`./holdfast keys revoke ${key.id} --with-made\` ends them.\n`,
      );
  }
  return 0;
}
