import { type Command, Option } from 'commander';
import { type RoleName, roleName, roleNames, roleOf } from '../../platform/access/roles.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { ListUsersResponse, type User, UserChange } from '../../proto/gen/holdfast/v1/account.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { confirm } from '../confirm.ts';
import { examples } from '../examples.ts';
import { allItems, type ListOptions } from '../lists/allItems.ts';
import { FILTER, ORDER_BY } from '../lists/listFlags.ts';
import { formatTime } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { printTable } from '../output/printTable.ts';
import { toProtoJson } from '../output/toProtoJson.ts';

interface CreateOptions {
  readonly role: RoleName;
}

interface UpdateOptions {
  readonly role?: RoleName;
  readonly enable?: boolean;
  readonly disable?: boolean;
}

interface Confirmable {
  readonly yes?: boolean;
}

const YES = ['-y, --yes', 'do not ask'] as const;

export function addUsersCommands(program: Command, run: Runner): void {
  const users = program.command('users').description('who may log in, and as what');
  users
    .command('list')
    .description('all users, by name')
    .option(...FILTER("'role = admin'"))
    .option(...ORDER_BY("'create_time desc'"))
    .addHelpText(
      'after',
      examples('./holdfast users list', "./holdfast users list --filter 'disabled = true'"),
    )
    .action((options: ListOptions, command: Command) => run(command, context => list(context, options)));
  users
    .command('create')
    .description('a new user; prints the one-time password to hand over, which is shown this once')
    .argument('<user>', 'lower-case letters, digits and . _ @ + -')
    .addOption(new Option('--role <role>', 'what the user may do').choices(roleNames).makeOptionMandatory())
    .addHelpText('after', examples('./holdfast users create anna --role operator'))
    .action((user: string, options: CreateOptions, command: Command) =>
      run(command, context => create(context, user, options)),
    );
  users
    .command('update')
    .description('change a user’s role, or whether the user may log in at all')
    .argument('<user>')
    .addOption(new Option('--role <role>', 'what the user may do').choices(roleNames))
    .addOption(new Option('--disable', 'end all sessions and keys until enabled again').conflicts('enable'))
    .option('--enable', 'let a disabled user in again')
    .addHelpText(
      'after',
      examples('./holdfast users update anna --role viewer', './holdfast users update anna --disable'),
    )
    .action((user: string, options: UpdateOptions, command: Command) =>
      run(command, context => update(context, user, options)),
    );
  users
    .command('delete')
    .description('remove a user with all sessions and keys; what the user did stays on record')
    .argument('<user>')
    .option(...YES)
    .addHelpText('after', examples('./holdfast users delete anna --yes'))
    .action((user: string, options: Confirmable, command: Command) =>
      run(command, context => remove(context, user, options)),
    );
  users
    .command('reset-password')
    .description('log a user out everywhere, and print a new one-time password')
    .argument('<user>')
    .option(...YES)
    .addHelpText('after', examples('./holdfast users reset-password anna'))
    .action((user: string, options: Confirmable, command: Command) =>
      run(command, context => resetPassword(context, user, options)),
    );
}

async function list({ clients, signal, stdout, format }: CliContext, options: ListOptions): Promise<number> {
  const users = await allItems(
    options,
    page => clients.accounts.listUsers(page, { signal }),
    answer => answer.users,
  );
  const answer = { users, nextPageToken: '' };
  if (format === 'json')
    printJson(stdout, toProtoJson('holdfast.v1.ListUsersResponse', ListUsersResponse, answer));
  else
    printTable(
      stdout,
      [
        { title: 'USER' },
        { title: 'ROLE' },
        { title: 'STATE' },
        { title: 'LAST LOGIN' },
        { title: 'CREATED' },
      ],
      users.map(user => [
        user.name,
        roleName(user.role) ?? '-',
        stateOf(user),
        formatTime(user.lastLoginTime),
        formatTime(user.createTime),
      ]),
    );
  return 0;
}

const stateOf = ({ disabled, mustChangePassword }: User): string =>
  disabled ? 'disabled' : mustChangePassword ? 'password to be changed' : 'active';

async function create(context: CliContext, name: string, { role }: CreateOptions): Promise<number> {
  const request = { name, role: roleOf(role), password: '' };
  return print(context, await context.clients.accounts.createUser(request, { signal: context.signal }));
}

async function update(
  context: CliContext,
  name: string,
  { role, enable, disable }: UpdateOptions,
): Promise<number> {
  if (role === undefined && enable === undefined && disable === undefined)
    throw new HoldfastError(
      'invalidArgument',
      'Nothing to change was given: expected --role, --disable or --enable.',
    );
  const disabled = disable === true ? true : enable === true ? false : undefined;
  const request = {
    name,
    role: role === undefined ? undefined : roleOf(role),
    disabled,
    resetPassword: false,
  };
  return print(context, await context.clients.accounts.updateUser(request, { signal: context.signal }));
}

async function remove(context: CliContext, name: string, { yes }: Confirmable): Promise<number> {
  const question = `Delete the user ${name} with all sessions and keys?`;
  if (!(await confirm(context, question, yes === true))) return declined(context);
  await context.clients.accounts.deleteUser({ name }, { signal: context.signal });
  if (context.format === 'json') printJson(context.stdout, { name });
  else context.stdout.write(`The user ${name} is deleted.\n`);
  return 0;
}

async function resetPassword(context: CliContext, name: string, { yes }: Confirmable): Promise<number> {
  const question = `Log ${name} out everywhere and replace the password?`;
  if (!(await confirm(context, question, yes === true))) return declined(context);
  const request = { name, resetPassword: true };
  return print(context, await context.clients.accounts.updateUser(request, { signal: context.signal }));
}

function print({ stdout, stderr, format }: CliContext, change: UserChange): number {
  const { user, oneTimePassword } = change;
  if (format === 'json') printJson(stdout, toProtoJson('holdfast.v1.UserChange', UserChange, change));
  else {
    if (user !== undefined)
      stderr.write(`${user.name} is ${roleName(user.role) ?? '-'}, ${stateOf(user)}.\n`);
    if (oneTimePassword !== '') {
      stderr.write('The one-time password, shown this once and to be changed at the first login:\n');
      stdout.write(`${oneTimePassword}\n`);
    }
  }
  return 0;
}

function declined(context: CliContext): number {
  context.stderr.write('Nothing was changed.\n');
  return 1;
}
