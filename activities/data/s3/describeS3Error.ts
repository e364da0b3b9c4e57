import { HoldfastError } from '../../../platform/HoldfastError.ts';

// What a store's refusal means for the user. Nothing is quoted but the store's own code and message: the URL holds a
// signature, and the endpoint is nobody's business.

const MAXIMUM_BODY_BYTES = 65_536;
/** Stores refuse a signature that is older or younger than 15 minutes. */
const TOLERATED_SKEW_MS = 10 * 60_000;

const credentialCodes = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'TokenRefreshRequired',
  'InvalidClientTokenId',
]);

const regionCodes = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

const systemReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host has no address',
  EAI_AGAIN: 'the address of its host could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it broke the connection',
  EPIPE: 'it broke the connection',
  UND_ERR_SOCKET: 'it broke the connection',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it sent nothing for too long',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
};

/** Whether another attempt may succeed where this response did not. */
export const isPassing = ({ status }: Response): boolean => status === 408 || status === 429 || status >= 500;

/** A refusal as an error for the user. Reads the response's body. */
export async function describeRefusal(response: Response, shownAs: string): Promise<HoldfastError> {
  const { status, headers } = response;
  const { code, message } = parseFault(await readBeginning(response));
  const said = `${code === null ? '' : `${code}, `}HTTP ${status}`;
  const error = (
    kind: 'notFound' | 'permissionDenied' | 'failedPrecondition' | 'unavailable',
    text: string,
  ) => new HoldfastError(kind, `${shownAs} ${text} (${said}).`);
  if (code === 'NoSuchBucket')
    return error(
      'notFound',
      'cannot be read: the store has no such bucket. Check the name, and AWS_ENDPOINT_URL and AWS_REGION of the worker',
    );
  if (status === 404) return error('notFound', 'does not exist: the store has no such object. Check the key');
  const skew = skewOf(headers.get('date'));
  if (code === 'RequestTimeTooSkewed' || (status === 403 && Math.abs(skew) > TOLERATED_SKEW_MS))
    return error(
      'failedPrecondition',
      `cannot be read: the worker's clock and the store's differ by ${Math.round(Math.abs(skew) / 60_000)} minutes, and signatures hold for 15. Set the worker's clock`,
    );
  if (code !== null && credentialCodes.has(code))
    return error(
      'permissionDenied',
      'cannot be read: the store does not take the credentials. Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the worker; those with a session token expire',
    );
  if (status === 412 || status === 416)
    return error('unavailable', 'was replaced while it was being read; it is read again from its beginning');
  const region = headers.get('x-amz-bucket-region');
  if ((status >= 300 && status < 400) || (code !== null && regionCodes.has(code)))
    return error(
      'failedPrecondition',
      `cannot be read: its bucket lies in ${region === null ? 'another region' : `the region ${region}`}. Set AWS_REGION of the worker to it`,
    );
  if (status === 401 || status === 403)
    return error(
      'permissionDenied',
      'may not be read with the worker’s credentials: grant them s3:GetObject on it, or check the key (a store also answers so for an object that is not there)',
    );
  return error(
    'failedPrecondition',
    `cannot be read: the store refused it${message === null ? '' : `, saying ${JSON.stringify(message)}`}`,
  );
}

/** Why there was no answer, or no end of it, as a part of a sentence. */
export function describeBreak(error: unknown): string {
  for (let inner = error; inner instanceof Error; inner = inner.cause)
    if ('code' in inner && typeof inner.code === 'string') {
      const reason = systemReasons[inner.code];
      if (reason !== undefined) return `${reason} (${inner.code})`;
      if (/CERT|TLS|SSL|SELF_SIGNED|LEAF_SIGNATURE/.test(inner.code))
        return `its certificate is not trusted here (${inner.code})`;
    }
  return 'the connection broke';
}

function skewOf(date: string | null): number {
  const theirs = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(theirs) ? 0 : theirs - Date.now();
}

async function readBeginning({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAXIMUM_BODY_BYTES) break;
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Two elements of a small, well-known document do not need a parser. */
function parseFault(xml: string): { readonly code: string | null; readonly message: string | null } {
  const [, code = null] = /<Code>\s*([\w.]{1,100})\s*<\/Code>/.exec(xml) ?? [];
  const [, message = null] = /<Message>([^<]{1,300})<\/Message>/.exec(xml) ?? [];
  return { code, message };
}
