import type { ErrorCode } from './HoldfastError.ts';

interface WriteFault {
  readonly code: ErrorCode;
  /** Why, and what to do: the end of a sentence. */
  readonly reason: string;
  /** The system's own name of it. */
  readonly system: string;
}

const notAllowed = 'this user may not write there: change the owner or the permissions';

const faults: Readonly<Record<string, readonly ['resourceExhausted' | 'failedPrecondition', string]>> = {
  ENOSPC: ['resourceExhausted', 'the disk is full: free some space'],
  EDQUOT: ['resourceExhausted', "the user's disk quota is used up: free some space or raise the quota"],
  EFBIG: ['resourceExhausted', 'the file is larger than the system allows: raise the limit (ulimit -f)'],
  EACCES: ['failedPrecondition', notAllowed],
  EPERM: ['failedPrecondition', notAllowed],
  EROFS: ['failedPrecondition', 'the file system is read-only: choose another folder'],
  ENOTDIR: ['failedPrecondition', 'a part of the path is a file, not a folder: move that file away'],
  EEXIST: ['failedPrecondition', 'a file is in the way of a folder: move that file away'],
  ENAMETOOLONG: ['failedPrecondition', 'the path is too long: choose another folder'],
};

/** What the operating system's refusal to write means for the user; null for any other error. */
export function writeFaultOf(error: unknown): WriteFault | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  const fault = faults[error.code];
  return fault === undefined ? null : { code: fault[0], reason: fault[1], system: error.code };
}
