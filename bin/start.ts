import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { mainJob } from '../cli/mainJob.ts';
import { ensureFirstAdmin, FIRST_ADMIN } from '../control/accounts/ensureFirstAdmin.ts';
import { ensureLocalKey } from '../control/keys/ensureLocalKey.ts';
import { migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/openDatabase.ts';
import { type Configuration, readConfiguration } from '../platform/configuration.ts';
import { errorCodes, HoldfastError } from '../platform/HoldfastError.ts';
import { isS3Uri, parseS3Uri } from '../platform/s3Uri.ts';
import { type Interrupts, listenToInterrupts } from '../platform/supervisor/listenToInterrupts.ts';
import { type OwnProcess, startAll } from '../platform/supervisor/startAll.ts';
import { loadProject } from '../projects/loadProject.ts';

// `npm start`: starts everything, does the main job, and stays until it is told to stop. Results go to stdout, progress and
// warnings to stderr. Nothing is started before what was asked for has been looked at.

interface StartOptions {
  readonly data?: string;
  readonly model?: string;
  readonly recipe?: 'holdfast' | 'original';
  readonly report?: string;
  readonly once?: boolean;
}

const say = (line: string): boolean => process.stderr.write(`${line}\n`);
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const warn = (line: string): boolean => process.stderr.write(`! ${line}\n`);

// A terminal that was closed takes no more lines; that must not keep us from draining.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const interrupts = listenToInterrupts();
process.exit(await main(interrupts));

async function main(signals: Interrupts): Promise<number> {
  try {
    const options = parseOptions();
    const configuration = readConfiguration();
    const data = options.data === undefined ? undefined : readableData(options.data);
    const report = options.report === undefined ? undefined : writableFile(options.report);
    const model = options.model ?? configuration.defaultModel;
    await loadProject(model);
    return await run({ ...options, data, report, model }, configuration, signals);
  } catch (error) {
    if (signals.signal.aborted) return 130;
    if (!(error instanceof HoldfastError)) throw error;
    say(`holdfast start: ${error.message}`);
    return errorCodes[error.code].exit;
  }
}

async function run(
  { data, report, model, recipe, once = false }: StartOptions & { model: string },
  configuration: Configuration,
  { signal: interrupted, onSecond }: Interrupts,
): Promise<number> {
  const system = await startAll({
    configuration,
    processes: ownProcesses(configuration),
    prepare: url => prepareDatabase(url, configuration),
    say,
    warn,
    signal: interrupted,
  });
  const signal = AbortSignal.any([interrupted, system.fault]);
  onSecond(() => {
    say('Stopping at once.');
    system.hurry();
  });
  try {
    const job = { configuration, model, data, recipe, report, once, signal, print };
    const { ok } = await mainJob(job).catch((error: unknown) => {
      if (once || signal.aborted || !(error instanceof HoldfastError)) throw error;
      say(`holdfast start: ${error.message}`);
      return { ok: false };
    });
    if (once) return ok ? 0 : 1;
    if (!ok) say('Everything runs, so that you can look at what went wrong; Ctrl-C stops it.');
    await untilAborted(signal);
    system.fault.throwIfAborted();
    return 0;
  } catch (error) {
    system.fault.throwIfAborted(); // The reason, not what it broke.
    throw error;
  } finally {
    say('Stopping …');
    await system.stop();
    say('Everything is stopped.');
  }
}

function parseOptions(): StartOptions {
  return new Command('npm start --')
    .description('Starts everything, trains when nothing is in Production yet, serves and stays.')
    .option('--data <file>', 'a CSV or Parquet file to train on, or s3://BUCKET/KEY')
    .option('--model <name>', 'the project to train (default: HOLDFAST_MODEL, churn)')
    .addOption(new Option('--recipe <name>', 'parameters to train with').choices(['holdfast', 'original']))
    .option('--once', 'do the main job, print the leaderboard and one served prediction, and end')
    .option('--report <file>', 'write the outcome as JSON')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : errorCodes.invalidArgument.exit))
    .parse()
    .opts<StartOptions>();
}

// A function declaration: it is called by the code above before a constant would be there.
function entry(name: string): string {
  return join(import.meta.dirname, `${name}.ts`);
}

function ownProcesses({ ports, bind }: Configuration): OwnProcess[] {
  return [
    {
      name: 'worker',
      entry: entry('worker'),
      ports: [],
      needs: ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'secrets'],
    },
    {
      name: 'control',
      entry: entry('control'),
      ports: [{ purpose: 'control', port: ports.control, variable: 'HOLDFAST_CONTROL_PORT', host: bind }],
      needs: ['DATABASE_URL', 'TEMPORAL_ADDRESS'],
    },
    {
      name: 'inference',
      entry: entry('inference'),
      ports: [
        { purpose: 'inference', port: ports.inference, variable: 'HOLDFAST_INFERENCE_PORT', host: bind },
      ],
      needs: ['DATABASE_URL'],
    },
    {
      name: 'gateway',
      entry: entry('gateway'),
      ports: [{ purpose: 'the gateway', port: ports.http, variable: 'HOLDFAST_HTTP_PORT', host: bind }],
      needs: [],
    },
  ];
}

/** Brings the schema up to date; makes the first admin, whose password is shown here and nowhere else, and this machine's key. */
async function prepareDatabase(url: string, { home, adminPassword }: Configuration): Promise<void> {
  const database = await openDatabase({ url, poolSize: 1, applicationName: 'holdfast-migrate' });
  try {
    await migrate(database);
    const password = await ensureFirstAdmin(database, adminPassword);
    if (password !== null)
      say(
        `The first admin is the user ${FIRST_ADMIN} with the one-time password ${password} (shown this once; \`./holdfast login\` asks for another).`,
      );
    await ensureLocalKey(database, home);
  } finally {
    await database.close();
  }
}

/** @throws HoldfastError where there is no file there that can be read: told before anything is started. */
function readableData(path: string): string {
  if (isS3Uri(path)) {
    parseS3Uri(path);
    return path;
  }
  const file = resolve(path);
  try {
    if (statSync(file).isFile()) {
      accessSync(file, constants.R_OK);
      return file;
    }
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new HoldfastError(
      isAbsent ? 'notFound' : 'invalidArgument',
      `--data ${file} ${isAbsent ? 'does not exist' : 'cannot be read by this user'}: name a CSV or Parquet file.`,
      { cause: error },
    );
  }
  throw new HoldfastError('invalidArgument', `--data ${file} is not a file: name a CSV or Parquet file.`);
}

/** @throws HoldfastError where the report could not be written after minutes of work. */
function writableFile(path: string): string {
  const file = resolve(path);
  try {
    accessSync(dirname(file), constants.W_OK);
    // It is replaced as a whole: a device, or the link that /dev/stdout is, must not be.
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? true) return file;
  } catch (error) {
    throw new HoldfastError(
      'invalidArgument',
      `--report ${file} cannot be written: its folder is missing or not open to this user.`,
      { cause: error },
    );
  }
  throw new HoldfastError(
    'invalidArgument',
    `--report ${file} is there already and is not a file: name a file.`,
  );
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(done => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}
