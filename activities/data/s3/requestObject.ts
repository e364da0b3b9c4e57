import { S3mini, type SSECHeaders } from 's3mini';
import type { S3Address } from '../../../platform/s3Uri.ts';
import type { S3Settings } from './readS3Settings.ts';

export interface ObjectRequest {
  /** Where in the object to begin. */
  readonly offset: number;
  /** The content that is meant; null: any. */
  readonly etag: string | null;
  readonly signal: AbortSignal;
}

/**
 * Asks for an object. s3mini names and signs the request and hands it to us before it is sent: so a cancellation goes with it, and
 * the response is ours as it came, whatever it says.
 */
export async function requestObject(
  { bucket, key }: S3Address,
  settings: S3Settings,
  { offset, etag, signal }: ObjectRequest,
): Promise<Response> {
  const { region, credentials } = settings;
  let response: Response | undefined;
  const client = new S3mini({
    endpoint: bucketUrl(bucket, settings),
    region,
    // Without keys it asks without a signature.
    accessKeyId: credentials?.accessKeyId ?? '',
    secretAccessKey: credentials?.secretAccessKey ?? '',
    fetch: async (url, init) => {
      const headers = { ...toRecord(init?.headers), 'accept-encoding': 'identity' };
      // A signature holds for one host, so a redirection would not be followed well.
      response = await fetch(url, { headers, signal, redirect: 'manual' });
      return new Response();
    },
  });
  const condition = etag === null ? {} : { 'if-match': etag };
  await client.getObjectRaw(key, offset === 0, offset, undefined, condition, signedHeaders(credentials));
  if (response === undefined) throw new Error('s3mini sent no request');
  return response;
}

/** s3mini knows no session token; it signs whatever it is given as headers of an encryption. */
function signedHeaders(credentials: S3Settings['credentials']): SSECHeaders | undefined {
  const token = credentials?.sessionToken ?? null;
  if (token === null) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its type names the encryption's headers only
  return { 'x-amz-security-token': token } as unknown as SSECHeaders;
}

const toRecord = (headers: RequestInit['headers']): Record<string, string> =>
  Object.fromEntries(new Headers(headers));

/** A name with full stops is no single label of a host's name, for which alone a certificate would hold. */
function bucketUrl(bucket: string, { endpoint, pathStyle }: S3Settings): string {
  const url = new URL(endpoint);
  if (pathStyle || bucket.includes('.')) url.pathname = `${url.pathname.replace(/\/+$/, '')}/${bucket}`;
  else url.host = `${bucket}.${url.host}`;
  return url.href;
}
