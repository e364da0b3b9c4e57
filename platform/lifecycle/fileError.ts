import { HoldfastError } from '../HoldfastError.ts';
import { writeFaultOf } from '../writeFaults.ts';

/**
 * What the operating system said about a file of Holdfast's home, as a sentence for the user. Errors of other kinds come
 * back as they are.
 */
export function fileError(error: unknown, path: string): unknown {
  const fault = writeFaultOf(error);
  if (fault === null) return error;
  return new HoldfastError(
    fault.code,
    `Cannot write ${path}: ${fault.reason}, or set HOLDFAST_HOME to another folder.`,
    { cause: error },
  );
}
