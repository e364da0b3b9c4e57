import { Interrupted } from '../cli/Interrupted.ts';
import { runCli } from '../cli/runCli.ts';
import { createLogger } from '../observability/createLogger.ts';

// The command's wiring: this process's streams and signals, and the training that `evaluate` does here.

const interrupting = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // The second one does not wait for anything.
    if (interrupting.signal.aborted) process.exit(130);
    interrupting.abort(new Interrupted());
  });
// `holdfast models list | head` closes the pipe early; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  directory: process.cwd(),
  signal: interrupting.signal,
  evaluateFile: async request => {
    // Training brings ONNX Runtime and a database engine along, which no other command should wait for.
    const { evaluateFile } = await import('../activities/evaluation/evaluateFile.ts');
    return evaluateFile({ ...request, logger: createLogger('evaluate', 'warn') });
  },
});
