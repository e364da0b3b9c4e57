import { CommanderError } from 'commander';
import { errorCodes, HoldfastError } from '../platform/HoldfastError.ts';
import { buildProgram } from './buildProgram.ts';
import type { CliProcess } from './CliContext.ts';
import { Interrupted } from './Interrupted.ts';
import { reportError } from './output/reportError.ts';

// The life of one command: arguments in, exit code out (0 ok, 1 failed, 2 usage, 3 not found, 4 not allowed, 5 conflict,
// 6 not logged in, 130 interrupted). bin/holdfast.ts hands it the process; nothing below it ends the process by itself.

const USAGE = errorCodes.invalidArgument.exit;
const INTERRUPTED = 130;

/**
 * Runs one command.
 * @param args Without the program's own name.
 * @returns the exit code; what went wrong was told on stderr.
 */
export async function runCli(args: readonly string[], cliProcess: CliProcess): Promise<number> {
  const { program, outcome } = buildProgram(args, cliProcess);
  try {
    await program.parseAsync(args, { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    // Commander has already said what it had to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof Interrupted || cliProcess.signal.aborted) return INTERRUPTED;
    reportError(cliProcess.stderr, error, outcome);
    return error instanceof HoldfastError ? errorCodes[error.code].exit : errorCodes.internal.exit;
  }
}
