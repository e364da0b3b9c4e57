import { HoldfastError } from './HoldfastError.ts';

// How an object of an S3-compatible store is named wherever a file may be named too.

const shape = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/;

export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

export const isS3Uri = (text: string): boolean => /^s3:/i.test(text);

/** @throws HoldfastError invalidArgument that says what an address looks like */
export function parseS3Uri(text: string): S3Address {
  const [, bucket, key] = shape.exec(text) ?? [];
  const refuse = (why: string): never => {
    throw new HoldfastError(
      'invalidArgument',
      `${JSON.stringify(text.slice(0, 200))} ${why}; expected s3://BUCKET/KEY, as s3://tables/churn/2026.parquet.`,
    );
  };
  if (bucket === undefined || key === undefined) return refuse('names no object of an S3-compatible store');
  if (key.endsWith('/')) return refuse('names a folder');
  if (Buffer.byteLength(key) > 1024) return refuse('has a key of more than 1,024 bytes');
  // An HTTP client would take such a key for another one.
  if (key.split('/').some(part => part === '.' || part === '..'))
    return refuse('has a key with a part . or ..');
  return { bucket, key };
}
