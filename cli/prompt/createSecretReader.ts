import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { CliContext } from '../CliContext.ts';
import { Interrupted } from '../Interrupted.ts';

// Passwords come from a person at a terminal, which shows nothing of them, or as lines of standard input. Never as arguments, which
// everybody on the machine can read and the shell keeps.

export interface SecretReader {
  /** Whether a person is asked. */
  readonly isAsking: boolean;
  /** @throws HoldfastError invalidArgument where standard input has ended; Interrupted by Ctrl-C */
  read(prompt: string): Promise<string>;
  close(): void;
}

export function createSecretReader(context: Pick<CliContext, 'stdin' | 'stderr' | 'signal'>): SecretReader {
  const { stdin, stderr } = context;
  return stdin.isTTY && stderr.isTTY ? readTerminal(context) : readLines(context);
}

function readTerminal({
  stdin,
  stderr,
  signal,
}: Pick<CliContext, 'stdin' | 'stderr' | 'signal'>): SecretReader {
  // The terminal's editing, without what it would show.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  return {
    isAsking: true,
    read: async prompt => {
      const terminal = createInterface({ input: stdin, output: nowhere, terminal: true });
      const interrupted = new AbortController();
      terminal.once('SIGINT', () => interrupted.abort(new Interrupted()));
      terminal.once('close', () => interrupted.abort(new Interrupted()));
      stderr.write(prompt);
      try {
        return await terminal.question('', { signal: AbortSignal.any([signal, interrupted.signal]) });
      } catch (error) {
        throw interrupted.signal.aborted ? interrupted.signal.reason : error;
      } finally {
        terminal.close();
        stderr.write('\n');
      }
    },
    close: () => undefined,
  };
}

function readLines({ stdin }: Pick<CliContext, 'stdin'>): SecretReader {
  let source: Interface | undefined;
  let lines: AsyncIterator<string> | undefined;
  return {
    isAsking: false,
    read: async prompt => {
      source ??= createInterface({ input: stdin, terminal: false });
      lines ??= source[Symbol.asyncIterator]();
      const { value, done } = await lines.next();
      if (done !== true) return value;
      throw new HoldfastError(
        'invalidArgument',
        `Standard input ended before the answer to "${prompt.trim()}"; expected it as a line, or a terminal to ask at.`,
      );
    },
    close: () => source?.close(),
  };
}
