import { createInterface } from 'node:readline/promises';
import type { CliContext } from './CliContext.ts';

/**
 * Asks before something is done that others will notice. Without a terminal, or with --yes, nobody is asked.
 * @returns whether to go on.
 */
export async function confirm(context: CliContext, question: string, yes: boolean): Promise<boolean> {
  const { stdin, stderr, signal } = context;
  if (yes || !stdin.isTTY || !stderr.isTTY) return true;
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
