import { styleText } from 'node:util';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { OutputFormat } from '../CliContext.ts';

/**
 * Tells an error on stderr: as text with one line a violation, or with --json as one object `{ error: { code, message,
 * violations } }`. An error that is none of ours shows its stack, for it is a defect.
 */
export function reportError(stderr: NodeJS.WriteStream, error: unknown, format: OutputFormat): void {
  const known = error instanceof HoldfastError;
  const message = error instanceof Error ? error.message : String(error);
  if (format === 'json') {
    const { code, violations } = known ? error : { code: 'internal', violations: [] };
    stderr.write(`${JSON.stringify({ error: { code, message, violations } }, null, 2)}\n`);
    return;
  }
  stderr.write(`${styleText('red', 'error:', { stream: stderr })} ${message}\n`);
  if (known)
    for (const { field, description } of error.violations) stderr.write(`  ${field}: ${description}\n`);
  else if (error instanceof Error && error.stack !== undefined)
    stderr.write(`This is a defect of Holdfast; please report it.\n${error.stack}\n`);
}
