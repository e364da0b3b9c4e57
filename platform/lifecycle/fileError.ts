import { HoldfastError } from '../HoldfastError.ts';

const sentences: Record<string, string> = {
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: 'the disk quota is used up: free some space',
  EACCES: 'this user may not write there: change its owner',
  EPERM: 'this user may not write there: change its owner',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder: move that file away',
  EEXIST: 'a file is in the way of a folder: move that file away',
  ENAMETOOLONG: 'the path is too long',
};

/**
 * What the operating system said about a file of Holdfast's home, as a sentence for the user. Errors of other kinds come
 * back as they are.
 */
export function fileError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sentence = sentences[code];
  if (sentence === undefined) return error;
  return new HoldfastError(
    code === 'ENOSPC' || code === 'EDQUOT' ? 'resourceExhausted' : 'failedPrecondition',
    `Cannot write ${path}: ${sentence}, or set HOLDFAST_HOME to another folder.`,
    { cause: error },
  );
}
