import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { roleName } from '../../platform/access/roles.ts';
import { createGrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { AccountServiceService, Caller } from '../../proto/gen/holdfast/v1/account.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { formatTime } from '../output/format.ts';
import { printJson } from '../output/printJson.ts';
import { toProtoJson } from '../output/toProtoJson.ts';
import { createSecretReader, type SecretReader } from '../prompt/createSecretReader.ts';

interface LoginOptions {
  readonly user?: string;
}

export function addSessionCommands(program: Command, run: Runner): void {
  program
    .command('login')
    .description('log in to a server; the password is asked for, or read as a line of standard input')
    .option('--user <name>', 'who (default: the name of this account on this machine)')
    .addHelpText(
      'after',
      examples(
        './holdfast login --user admin',
        'holdfast login --server https://churn.example.com --user anna',
        'holdfast login --user deploy < password.txt',
      ),
    )
    .action((options: LoginOptions, command: Command) => run(command, context => login(context, options)));
  program
    .command('logout')
    .description('end the session of `login`, here and on the server')
    .addHelpText('after', examples('./holdfast logout'))
    .action((_options: unknown, command: Command) => run(command, logout));
  program
    .command('whoami')
    .description('who the server takes this command for, and by what')
    .addHelpText('after', examples('./holdfast whoami', 'holdfast whoami --json'))
    .action((_options: unknown, command: Command) => run(command, whoAmI));
  program
    .command('password')
    .description('change one’s own password, in the session of `login`')
    .addHelpText('after', examples('./holdfast password'))
    .action((_options: unknown, command: Command) => run(command, changeOwnPassword));
}

async function login(context: CliContext, { user = userInfo().username }: LoginOptions): Promise<number> {
  const { server, logins, stderr, signal } = context;
  if (!server.encrypted && !server.isLocal(server.control))
    stderr.write(
      `The connection to ${server.control} is not encrypted: who listens on the way reads the password. Use https://, or set HOLDFAST_TLS_CA.\n`,
    );
  const secrets = createSecretReader(context);
  try {
    const password = await secrets.read(`Password of ${user} at ${server.name}: `);
    const { token, caller } = await withAccounts(context, undefined, accounts =>
      accounts.login({ user, password }, { signal }),
    );
    const known =
      caller?.mustChangePassword === true ? await replacePassword(context, secrets, token, password) : caller;
    await logins.save(server.name, {
      user,
      token,
      expireTime: known?.expireTime?.toISOString() ?? null,
    });
    if (known !== undefined) printCaller(context, known, 'login');
    if (context.configuration.apiKey !== undefined)
      stderr.write('HOLDFAST_API_KEY is set and goes before the login: unset it to act as this user.\n');
    return 0;
  } finally {
    secrets.close();
  }
}

/** A one-time password opens nothing else before it was changed. */
function replacePassword(
  context: CliContext,
  secrets: SecretReader,
  token: string,
  currentPassword: string,
): Promise<Caller> {
  context.stderr.write('This password was for one time.\n');
  return changePassword(context, secrets, token, currentPassword);
}

async function changePassword(
  context: CliContext,
  secrets: SecretReader,
  token: string,
  currentPassword: string,
): Promise<Caller> {
  const newPassword = await secrets.read('New password (12 characters or more): ');
  if (secrets.isAsking && (await secrets.read('The same again: ')) !== newPassword)
    throw new HoldfastError('invalidArgument', 'The two are not the same. Nothing was changed; try again.');
  return withAccounts(context, token, accounts =>
    accounts.changePassword({ currentPassword, newPassword }, { signal: context.signal }),
  );
}

async function changeOwnPassword(context: CliContext): Promise<number> {
  const token = context.logins.find(context.server.name)?.token;
  if (token === undefined)
    throw new HoldfastError(
      'unauthenticated',
      `There is no login to ${context.server.name} whose password could be changed. Log in first.`,
    );
  const secrets = createSecretReader(context);
  try {
    const caller = await changePassword(context, secrets, token, await secrets.read('Current password: '));
    context.stderr.write(
      `The password of ${caller.user} is changed; all other sessions of ${caller.user} have ended.\n`,
    );
    return 0;
  } finally {
    secrets.close();
  }
}

async function logout(context: CliContext): Promise<number> {
  const { server, logins, stderr, signal } = context;
  const token = logins.find(server.name)?.token;
  const wasThere = await logins.remove(server.name);
  if (token !== undefined)
    try {
      await withAccounts(context, token, accounts => accounts.logout({}, { signal }));
    } catch (error) {
      // One that ended by itself is what was wanted.
      if (!(error instanceof HoldfastError) || error.code !== 'unauthenticated') throw error;
    }
  stderr.write(
    wasThere ? `Logged out of ${server.name}.\n` : `There was no login to ${server.name} on this machine.\n`,
  );
  return 0;
}

async function whoAmI(context: CliContext): Promise<number> {
  const { clients, credential, signal } = context;
  const caller = await clients.accounts.me({}, { signal });
  printCaller(context, caller, credential?.source ?? 'nothing');
  return 0;
}

/** How what is presented is told to people. */
const sources = {
  environment: 'HOLDFAST_API_KEY',
  login: 'the session of `holdfast login`',
  machine: 'the key of this machine',
  nothing: 'nothing',
} as const;

function printCaller(context: CliContext, caller: Caller, source: keyof typeof sources): void {
  const { server, stdout, format } = context;
  if (format === 'json')
    return printJson(stdout, {
      ...Object(toProtoJson('holdfast.v1.Caller', Caller, caller)),
      server: server.name,
      source,
    });
  const until = caller.expireTime === undefined ? '' : ` until ${formatTime(caller.expireTime)}`;
  const models = caller.models.length === 0 ? '' : `, for ${caller.models.join(', ')} only`;
  stdout.write(
    `${caller.name} (${roleName(caller.role) ?? '-'}${models}) at ${server.name}, by ${sources[source]}${until}\n`,
  );
}

async function withAccounts<T>(
  { server }: CliContext,
  secret: string | undefined,
  work: (accounts: CliContext['clients']['accounts']) => Promise<T>,
): Promise<T> {
  const accounts = createGrpcClient(AccountServiceService, {
    address: server.control,
    peer: 'the control server',
    security: server.security,
    secret,
  });
  try {
    return await work(accounts);
  } catch (error) {
    // A password that is not right is not put right by what helps against a credential that is not.
    if (!(error instanceof HoldfastError)) throw error;
    throw new HoldfastError(error.code, error.message, { violations: error.violations });
  } finally {
    accounts.close();
  }
}
