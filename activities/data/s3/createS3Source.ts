import { parseS3Uri } from '../../../platform/s3Uri.ts';
import type { Source } from '../Source.ts';
import { readObject } from './readObject.ts';
import { readS3Settings } from './readS3Settings.ts';

/**
 * An object of an S3-compatible store, `s3://BUCKET/KEY`.
 * @param environment the worker's: endpoint, region and credentials
 * @throws HoldfastError invalidArgument (the address), failedPrecondition (the environment)
 */
export function createS3Source(
  uri: string,
  environment: Readonly<Record<string, string | undefined>>,
): Source {
  const address = parseS3Uri(uri);
  const settings = readS3Settings(environment);
  return { shownAs: uri, read: signal => readObject(address, settings, { shownAs: uri, signal }) };
}
