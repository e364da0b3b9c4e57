import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../../platform/HoldfastError.ts';
import type { S3Address } from '../../../platform/s3Uri.ts';
import { describeBreak, describeRefusal, isPassing } from './describeS3Error.ts';
import type { S3Settings } from './readS3Settings.ts';
import { requestObject } from './requestObject.ts';

// One object's bytes, whole or not at all. A connection that breaks is taken up again where it broke, and only on the same
// content (If-Match); at the end the length must be the announced one, and the MD5 that of the ETag where it is one.

export interface ReadObjectOptions {
  readonly shownAs: string;
  readonly signal?: AbortSignal;
  /** Pauses before another attempt; so many attempts in a row may bring nothing. */
  readonly pausesMs?: readonly number[];
  /** A store that sends nothing for so long has broken off. */
  readonly silenceMs?: number;
}

const PAUSES_MS = [500, 1000, 2000, 4000, 8000];
const SILENCE_MS = 30_000;

/**
 * @throws HoldfastError notFound, permissionDenied or failedPrecondition (the sentence says what to do), unavailable where the
 * object was replaced meanwhile; what the signal was aborted with
 */
export async function* readObject(
  address: S3Address,
  settings: S3Settings,
  { shownAs, signal, pausesMs = PAUSES_MS, silenceMs = SILENCE_MS }: ReadObjectOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const md5 = createHash('md5');
  let entity: Entity | null = null;
  let offset = 0;
  let failures = 0;
  for (;;) {
    const watch = watchSilence(silenceMs, signal);
    let broken: string;
    try {
      const etag = entity?.etag ?? null;
      const response: Response = await requestObject(address, settings, {
        offset,
        etag,
        signal: watch.signal,
      });
      if (isPassing(response)) {
        await response.body?.cancel();
        broken = `it answers HTTP ${response.status}`;
      } else {
        entity = await readEntity(response, entity, offset, shownAs);
        for await (const chunk of response.body ?? []) {
          md5.update(chunk);
          offset += chunk.length;
          failures = 0;
          // However long the reader takes for it, that is not the store's silence.
          watch.end();
          yield chunk;
          watch.begin();
        }
        if (entity.size === null || offset === entity.size) break;
        broken = `it ended after ${offset} of ${entity.size} bytes`;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof HoldfastError) throw error;
      broken = watch.silent() ? `it sent nothing for ${silenceMs / 1000} seconds` : describeBreak(error);
    } finally {
      watch.end();
    }
    if (failures === pausesMs.length)
      throw new HoldfastError(
        'failedPrecondition',
        `${shownAs} cannot be read: the store was asked ${failures + 1} times in vain, and ${broken}. Check AWS_ENDPOINT_URL of the worker and the way there, then run again.`,
      );
    await sleep(pausesMs[failures++], undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
  checkDigest(entity, md5.digest('hex'), shownAs);
}

interface Entity {
  /** Null where the store announced no length. */
  readonly size: number | null;
  readonly etag: string | null;
  /** Where the ETag is one: not of an object in parts, nor of one under a key of the customer's. */
  readonly md5: string | null;
}

/** What the object is; of a resumed transfer only that it is the same still. */
async function readEntity(
  response: Response,
  known: Entity | null,
  offset: number,
  shownAs: string,
): Promise<Entity> {
  const { status, headers } = response;
  if (status !== 200 && status !== 206) throw await describeRefusal(response, shownAs);
  const etag = headers.get('etag');
  if (known !== null) {
    // Without an ETag, or without ranges, nobody can say that the rest belongs to the beginning.
    if (status === (offset === 0 ? 200 : 206) && etag !== null && etag === known.etag) return known;
    await response.body?.cancel();
    throw new HoldfastError(
      'unavailable',
      `The transfer of ${shownAs} broke, and the store cannot go on where it was; it is read again from its beginning.`,
    );
  }
  const encoding = headers.get('content-encoding') ?? '';
  if (!['', 'identity', 'aws-chunked'].includes(encoding)) {
    await response.body?.cancel();
    throw new HoldfastError(
      'invalidArgument',
      `${shownAs} is stored with the Content-Encoding ${JSON.stringify(encoding.slice(0, 60))}: store it unpacked, or as Parquet.`,
    );
  }
  const length = headers.get('content-length');
  const foreignKey =
    headers.has('x-amz-server-side-encryption-customer-algorithm') ||
    headers.get('x-amz-server-side-encryption')?.startsWith('aws:kms') === true;
  const [, digest = null] = /^"([0-9a-f]{32})"$/.exec(etag ?? '') ?? [];
  return { size: length === null ? null : Number(length), etag, md5: foreignKey ? null : digest };
}

function checkDigest({ md5 }: Entity, digest: string, shownAs: string): void {
  if (md5 === null || md5 === digest) return;
  throw new HoldfastError(
    'failedPrecondition',
    `${shownAs} arrived damaged: its MD5 is ${digest}, expected ${md5}, its ETag. Run again; where it comes again, store the object anew.`,
  );
}

/** A signal that also aborts where nothing was heard for a while. */
function watchSilence(silenceMs: number, signal: AbortSignal | undefined) {
  const silence = new AbortController();
  const begin = (): NodeJS.Timeout => setTimeout(() => silence.abort(), silenceMs);
  let timer = begin();
  return {
    signal: AbortSignal.any(signal === undefined ? [silence.signal] : [signal, silence.signal]),
    silent: () => silence.signal.aborted,
    begin: () => {
      timer = begin();
    },
    end: () => clearTimeout(timer),
  };
}
