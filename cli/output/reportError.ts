import { styleText } from 'node:util';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { OutputFormat } from '../CliContext.ts';

/**
 * Tells an error on stderr: as text with one line a violation, or with --json as one object `{ error: { code, message,
 * violations } }`. An error that is none of ours shows its stack, for it is a defect.
 * @param nextStep what to do about it, where its message does not say so
 */
export function reportError(
  stderr: NodeJS.WriteStream,
  error: unknown,
  { format, nextStep }: { readonly format: OutputFormat; readonly nextStep: string | null },
): void {
  const known = error instanceof HoldfastError;
  const message = error instanceof Error ? error.message : String(error);
  if (format === 'json') {
    const { code, violations } = known ? error : { code: 'internal', violations: [] };
    const told = nextStep === null ? message : `${message} ${nextStep}`;
    stderr.write(`${JSON.stringify({ error: { code, message: told, violations } }, null, 2)}\n`);
    return;
  }
  stderr.write(`${styleText('red', 'error:', { stream: stderr })} ${message}\n`);
  if (known)
    for (const { field, description } of error.violations) stderr.write(`  ${field}: ${description}\n`);
  else if (error instanceof Error && error.stack !== undefined)
    stderr.write(`This is a defect of Holdfast; please report it.\n${error.stack}\n`);
  if (nextStep !== null) stderr.write(`${nextStep}\n`);
}
