import { isAbsolute } from 'node:path';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { parseUpload } from '../../platform/uploads.ts';
import { isS3Uri, parseS3Uri } from '../../platform/s3Uri.ts';

/**
 * What a workflow was told to read: a file's path or an object's address.
 * @throws HoldfastError invalidArgument where it is neither
 */
export function checkData(data: string): void {
  if (parseUpload(data) !== null) return;
  if (isS3Uri(data)) parseS3Uri(data);
  else if (!isAbsolute(data))
    throw new HoldfastError(
      'invalidArgument',
      `data is ${JSON.stringify(data)}; expected an absolute path that the workers can read, or s3://BUCKET/KEY.`,
    );
}
