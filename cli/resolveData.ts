import { access, constants, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { isS3Uri, parseS3Uri } from '../platform/s3Uri.ts';
import type { CliContext } from './CliContext.ts';
import { fileError } from './fileError.ts';

/**
 * What --data names, for the servers: a file's absolute path, or an object's address as it is; empty where it was left out.
 * @throws HoldfastError notFound or invalidArgument where that can be known here
 */
export async function resolveData(
  { clients, directory }: Pick<CliContext, 'clients' | 'directory'>,
  data: string | undefined,
): Promise<string> {
  if (data === undefined) return '';
  if (isS3Uri(data)) {
    parseS3Uri(data);
    return data;
  }
  const path = resolve(directory, data);
  if (isLocal(clients.addresses.control)) await assertReadable(path);
  return path;
}

/** Behind a loopback address the workers read the same files, so a wrong path is told before anything starts. */
const isLocal = (address: string): boolean => /^(?:127\.|localhost:|\[::1\]:)/.test(address);

async function assertReadable(path: string): Promise<void> {
  try {
    const found = await stat(path);
    if (found.isDirectory())
      throw new HoldfastError(
        'invalidArgument',
        `--data ${path} is a folder; expected a CSV or Parquet file.`,
      );
    await access(path, constants.R_OK);
  } catch (error) {
    throw fileError(path, error);
  }
}
