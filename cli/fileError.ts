import { HoldfastError } from '../platform/HoldfastError.ts';

/** The error for a file that could not be opened, read or written: which, why, what to do. */
export function fileError(path: string, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const options = { cause: error };
  const reason = error instanceof Error ? error.message : String(error);
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
      return new HoldfastError('notFound', `${path} does not exist. Check the path.`, options);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new HoldfastError(
        'permissionDenied',
        `${path} may not be opened by this user. Change its permissions, or choose another place.`,
        options,
      );
    case 'EISDIR':
      return new HoldfastError('invalidArgument', `${path} is a folder; expected a file.`, options);
    case 'ENOTDIR':
      return new HoldfastError('invalidArgument', `${path}: a part of the path is not a folder.`, options);
    case 'ENOSPC':
      return new HoldfastError(
        'resourceExhausted',
        `${path} could not be written: the disk is full. Free some space and try again.`,
        options,
      );
    default:
      return new HoldfastError('internal', `${path}: ${reason}`, options);
  }
}
