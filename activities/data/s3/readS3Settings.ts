import { HoldfastError } from '../../../platform/HoldfastError.ts';

// Where the S3-compatible store is and who we are there: the worker's environment says it, under the names that AWS's own tools
// read, and nothing else does. Secrets stay in this object; no message and no log may show a value of it.

export interface S3Settings {
  /** URL of the store as a whole, without a bucket. */
  readonly endpoint: URL;
  readonly region: string;
  /** The bucket in the path rather than in the host's name. */
  readonly pathStyle: boolean;
  /** Null: nobody in particular, for public objects. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    /** Of credentials that expire. */
    readonly sessionToken: string | null;
  } | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws HoldfastError failedPrecondition that names the variable at fault, never its value */
export function readS3Settings(environment: Environment): S3Settings {
  const read = (...names: readonly string[]): string | null =>
    names.map(name => environment[name]?.trim()).find(value => value) ?? null;
  const region = read('AWS_REGION', 'AWS_DEFAULT_REGION') ?? 'us-east-1';
  const given = read('AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL');
  const pathStyle = read('AWS_S3_FORCE_PATH_STYLE');
  if (pathStyle !== null && !['true', 'false'].includes(pathStyle))
    throw unusable('AWS_S3_FORCE_PATH_STYLE', 'true or false');
  if (!/^[\w-]{1,64}$/.test(region)) throw unusable('AWS_REGION', 'a region, as eu-central-1');
  return {
    endpoint: given === null ? new URL(`https://s3.${region}.amazonaws.com`) : readEndpoint(given),
    region,
    // Stores other than AWS seldom have a host's name for each bucket.
    pathStyle: pathStyle === null ? given !== null : pathStyle === 'true',
    credentials: readCredentials(read),
  };
}

function readEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '')
    throw unusable('AWS_ENDPOINT_URL', 'a URL without credentials, as https://minio.example.com:9000');
  return url;
}

function readCredentials(read: (...names: readonly string[]) => string | null): S3Settings['credentials'] {
  const accessKeyId = read('AWS_ACCESS_KEY_ID');
  const secretAccessKey = read('AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === null && secretAccessKey === null) return null;
  if (accessKeyId === null)
    throw unusable('AWS_ACCESS_KEY_ID', 'the key that AWS_SECRET_ACCESS_KEY belongs to');
  if (secretAccessKey === null) throw unusable('AWS_SECRET_ACCESS_KEY', 'the secret of AWS_ACCESS_KEY_ID');
  return { accessKeyId, secretAccessKey, sessionToken: read('AWS_SESSION_TOKEN') };
}

const unusable = (variable: string, expected: string): HoldfastError =>
  new HoldfastError(
    'failedPrecondition',
    `The worker's ${variable} cannot be used: expected ${expected}. Correct it, then start the worker again.`,
  );
