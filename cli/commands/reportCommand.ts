import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { USER_FILE_MODE, writeFileAtomically } from '../../platform/writeFileAtomically.ts';
import type { CliContext, Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';
import { fileError } from '../fileError.ts';
import { openInBrowser } from '../openInBrowser.ts';

interface ReportOptions {
  readonly model?: string;
  readonly out?: string;
  readonly format?: 'html' | 'json';
  readonly open?: boolean;
  readonly wait?: boolean;
}

const ASK_AGAIN_MS = 1000;

export function addReportCommand(models: Command, run: Runner): void {
  models
    .command('report')
    .description('how good a version is, and for whom: a page, or the same figures as JSON')
    .argument('[version]', 'a number, production or staging (default: production)')
    .option('--model <name>', 'the model (default: HOLDFAST_MODEL, churn)')
    .option('--out <file>', 'where it goes, or - for standard output')
    .addOption(
      new Option('--format <format>', 'default: html, or json with --json').choices(['html', 'json']),
    )
    .option('--open', 'show the page in the browser')
    .option('--wait', 'until it is made: that begins when the version’s run has ended')
    .addHelpText(
      'after',
      `${examples(
        './holdfast models report 5 --open',
        './holdfast models report staging --model churn --out report.html',
        './holdfast models report 5 --json > report.json',
      )}

Without --out the page goes to reports/ below HOLDFAST_HOME, and its path to standard output; JSON goes to standard output.`,
    )
    .action((version: string | undefined, options: ReportOptions, command: Command) =>
      run(command, context => report(context, version ?? '', options)),
    );
}

async function report(context: CliContext, reference: string, options: ReportOptions): Promise<number> {
  const { clients, signal, stdout, stderr, directory, configuration, format: output } = context;
  const format = options.format ?? (output === 'json' ? 'json' : 'html');
  if (options.open === true && format === 'json')
    throw new HoldfastError('invalidArgument', '--open shows the page; leave out --format json.');
  const model = options.model ?? configuration.defaultModel;
  // Resolved once: a promotion in the middle must not mix versions.
  const { version } = await clients.models.getVersion({ model, version: reference }, { signal });
  const request = { model, version: String(version) };
  const text = await patiently(context, options, async () => {
    if (format === 'html') {
      const { data } = await clients.models.getReportPage(request, { signal });
      return Buffer.from(data).toString('utf8');
    }
    const { document } = await clients.models.getReport(request, { signal });
    return `${JSON.stringify(document, null, 2)}\n`;
  });
  if (options.out === '-' || (options.out === undefined && format === 'json')) {
    stdout.write(text);
    return 0;
  }
  const path =
    options.out === undefined
      ? join(configuration.home, 'reports', `${model}-${version}.html`)
      : resolve(directory, options.out);
  try {
    if (options.out === undefined) await mkdir(dirname(path), { recursive: true });
    await writeFileAtomically(path, text, { mode: USER_FILE_MODE });
  } catch (error) {
    throw fileError(path, error);
  }
  stdout.write(`${path}\n`);
  if (options.open === true && !(await openInBrowser(path)))
    stderr.write(`No browser was found on this machine: open ${path} in one.\n`);
  return 0;
}

/** With --wait, a report that is not there yet is asked for until it is, or control says why it will not be. */
async function patiently<T>(
  { signal, stderr }: CliContext,
  { wait }: ReportOptions,
  ask: () => Promise<T>,
): Promise<T> {
  for (let asked = 0; ; asked++)
    try {
      return await ask();
    } catch (error) {
      const notYet = error instanceof HoldfastError && error.code === 'notFound';
      if (!notYet || wait !== true) throw error;
      if (asked === 0) stderr.write('the report is not made yet: waiting for it …\n');
      await sleep(ASK_AGAIN_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
}
