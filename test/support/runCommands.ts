import { z } from 'zod';
import { evaluateFile } from '../../activities/evaluation/evaluateFile.ts';
import { runCli } from '../../cli/runCli.ts';
import { createLogger } from '../../observability/createLogger.ts';

// Runs the commands of its argument (JSON: a list of lists of arguments) one after the other in this process, which loads the
// command's code once for all of them. Each leaves a NUL behind on both streams, with its exit code before that on stdout.

const commands = z.array(z.array(z.string())).parse(JSON.parse(process.argv[2]));
for (const args of commands) {
  const code = await runCli(args, {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    directory: process.cwd(),
    signal: new AbortController().signal,
    evaluateFile: request => evaluateFile({ ...request, logger: createLogger('evaluate', 'warn') }),
  });
  process.stdout.write(`\0${code}\0`);
  process.stderr.write('\0');
}
