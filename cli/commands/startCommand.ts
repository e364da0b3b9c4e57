import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { Runner } from '../CliContext.ts';
import { examples } from '../examples.ts';

interface StartOptions {
  readonly once?: boolean;
  readonly data?: string;
  readonly model?: string;
  readonly recipe?: string;
  readonly report?: string;
}

export function addStartCommand(program: Command, run: Runner): void {
  program
    .command('start')
    .description('start everything, train when nothing is in Production yet, serve and stay (as npm start)')
    .option('--data <file>', 'a CSV or Parquet file to train on, or s3://BUCKET/KEY')
    .option('--model <name>', 'the project to train (default: HOLDFAST_MODEL, churn)')
    .addOption(
      new Option('--recipe <name>', 'the parameters of the trainers').choices(['holdfast', 'original']),
    )
    .option('--once', 'do the main job, print the leaderboard and one served prediction, and end')
    .option('--report <file>', 'write the outcome as JSON')
    .addHelpText(
      'after',
      examples('./holdfast start', 'holdfast start --once --data telco.csv --report report.json'),
    )
    .action((options: StartOptions, command: Command) => run(command, () => start(options)));
}

/** Becomes bin/start.ts as far as a process can: same terminal, same signals, same exit code. */
function start({ once, data, model, recipe, report }: StartOptions): Promise<number> {
  const args = [
    ...(data === undefined ? [] : ['--data', data]),
    ...(model === undefined ? [] : ['--model', model]),
    ...(recipe === undefined ? [] : ['--recipe', recipe]),
    ...(once === true ? ['--once'] : []),
    ...(report === undefined ? [] : ['--report', report]),
  ];
  const script = fileURLToPath(new URL('../../bin/start.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
    // Ctrl-C reaches the child by the terminal; this process only waits for its drain.
    const forward = (signal: NodeJS.Signals): void => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
    child.once('error', error =>
      reject(
        new HoldfastError('internal', `bin/start.ts could not be run: ${error.message}.`, { cause: error }),
      ),
    );
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
