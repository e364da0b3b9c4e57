import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'mocha';
import { createS3Source } from '../../activities/data/s3/createS3Source.ts';
import { readObject } from '../../activities/data/s3/readObject.ts';
import { readS3Settings } from '../../activities/data/s3/readS3Settings.ts';
import { parseS3Uri } from '../../platform/s3Uri.ts';
import { expectError } from '../support/expectError.ts';
import { freePorts } from '../support/freePorts.ts';
import { type TestS3, testS3 } from '../support/testS3.ts';
import { withHttpProxy } from '../support/withHttpProxy.ts';

// Against a real S3-compatible server that checks signatures and rights; what it never does by itself (break off, have
// another clock) is done by a proxy in front of it.

async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const drain = (uri: string, environment: Record<string, string>): Promise<string> =>
  digestOf(createS3Source(uri, environment).read(undefined));

/** With short pauses, so that giving up takes no time. */
const drainHastily = (s3: TestS3, key: string, endpoint: string, more = {}): Promise<string> =>
  digestOf(
    readObject({ bucket: s3.bucket, key }, readS3Settings(s3.environment('reader', endpoint)), {
      shownAs: `s3://${s3.bucket}/${key}`,
      pausesMs: [1, 1, 1],
      ...more,
    }),
  );

const bytesOf = (message: IncomingMessage): Promise<Buffer> => buffer(message);

describe('an object of an S3-compatible store', () => {
  const content = randomBytes(3_000_000);

  it('is read whole, by keys of a user and by keys that expire', async function () {
    const s3 = await testS3(this);
    for (const key of ['table.csv', 'folder/ä b+c%20&?=.csv']) {
      await s3.put(key, content);
      for (const user of ['reader', 'temporary'] as const)
        assert.equal(await drain(`s3://${s3.bucket}/${key}`, s3.environment(user)), sha256(content));
    }
  });

  it('goes on where the connection broke, and asks for the same content', async function () {
    const s3 = await testS3(this);
    await s3.put('broken.csv', content);
    const asked: (string | undefined)[] = [];
    await withHttpProxy(
      s3.endpoint,
      async ({ headers }, answer, forward) => {
        asked.push(headers.range);
        if (asked.length > 3) return;
        const response = await forward();
        const bytes = await bytesOf(response);
        answer.writeHead(response.statusCode ?? 0, response.headers);
        answer.write(bytes.subarray(0, 500_000), () => setTimeout(() => answer.destroy(), 20));
        if (asked.length > 1) assert.match(headers['if-match'] ?? '', /^"[0-9a-f]{32}"$/);
      },
      async endpoint => assert.equal(await drainHastily(s3, 'broken.csv', endpoint), sha256(content)),
    );
    assert.equal(asked.length, 4);
    assert.deepEqual(asked[0], undefined);
    assert.match(asked[3] ?? '', /^bytes=[1-9]\d+-$/);
  });

  it('is not put together from two contents', async function () {
    const s3 = await testS3(this);
    await s3.put('replaced.csv', content);
    let requests = 0;
    await withHttpProxy(
      s3.endpoint,
      async (_incoming, answer, forward) => {
        if (++requests > 1) return;
        const response = await forward();
        const bytes = await bytesOf(response);
        await s3.put('replaced.csv', randomBytes(3_000_000));
        answer.writeHead(response.statusCode ?? 0, response.headers);
        answer.write(bytes.subarray(0, 500_000), () => setTimeout(() => answer.destroy(), 20));
      },
      endpoint =>
        assert.rejects(
          drainHastily(s3, 'replaced.csv', endpoint),
          expectError('unavailable', /replaced\.csv was replaced while it was being read.*HTTP 412/),
        ),
    );
    assert.equal(requests, 2);
  });

  it('is held against its ETag', async function () {
    const s3 = await testS3(this);
    await s3.put('damaged.csv', content);
    await withHttpProxy(
      s3.endpoint,
      async (_incoming, answer, forward) => {
        const response = await forward();
        const bytes = await bytesOf(response);
        bytes[1_000_000] ^= 1;
        answer.writeHead(response.statusCode ?? 0, response.headers).end(bytes);
      },
      endpoint =>
        assert.rejects(
          drainHastily(s3, 'damaged.csv', endpoint),
          expectError('failedPrecondition', /damaged\.csv arrived damaged: its MD5 is/),
        ),
    );
  });

  for (const [name, key, environment, code, message] of [
    [
      'an object that is not there',
      'absent.csv',
      {},
      'notFound',
      /absent\.csv does not exist.*Check the key \(NoSuchKey, HTTP 404\)/,
    ],
    [
      'a key that is not known',
      'table.csv',
      { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN' },
      'permissionDenied',
      /does not take the credentials.*AWS_ACCESS_KEY_ID/,
    ],
    [
      'a secret that is not right',
      'table.csv',
      { AWS_SECRET_ACCESS_KEY: 'secret-hunter2' },
      'permissionDenied',
      /does not take the credentials.*SignatureDoesNotMatch/,
    ],
  ] as const)
    it(`tells of ${name}, and shows no secret`, async function () {
      const s3 = await testS3(this);
      await s3.put('table.csv', 'a,b\n');
      const known: Record<string, string> = { ...s3.environment('reader'), ...environment };
      await assert.rejects(drain(`s3://${s3.bucket}/${key}`, known), (error: unknown) => {
        expectError(code, message)(error);
        const shown = JSON.stringify(error, Object.getOwnPropertyNames(error));
        for (const secret of [known.AWS_ACCESS_KEY_ID, known.AWS_SECRET_ACCESS_KEY, s3.endpoint])
          assert.ok(!shown.includes(secret), `${secret} is shown`);
        return true;
      });
    });

  it('tells of a bucket that is not there, and of a right that is lacking', async function () {
    const s3 = await testS3(this);
    await s3.put('table.csv', 'a,b\n');
    await assert.rejects(
      drain('s3://no-such-bucket/table.csv', s3.environment('reader')),
      expectError('notFound', /no such bucket.*NoSuchBucket/),
    );
    await assert.rejects(
      drain(`s3://${s3.bucket}/table.csv`, s3.environment('stranger')),
      expectError('permissionDenied', /grant them s3:GetObject.*AccessDenied, HTTP 403/),
    );
  });

  it('tells of a clock that is wrong, whose refusals look like others', async function () {
    const s3 = await testS3(this);
    const past = new Date(Date.now() - 3_600_000).toUTCString();
    await withHttpProxy(
      s3.endpoint,
      (_incoming, answer) =>
        void answer
          .writeHead(403, { date: past, 'content-type': 'application/xml' })
          .end('<Error><Code>AccessDenied</Code><Message>Request is not yet valid</Message></Error>'),
      endpoint =>
        assert.rejects(
          drainHastily(s3, 'table.csv', endpoint),
          expectError('failedPrecondition', /clock and the store's differ by 60 minutes/),
        ),
    );
  });

  it('gives up on a store that fails, is silent or is away, and says so', async function () {
    const s3 = await testS3(this);
    let requests = 0;
    await withHttpProxy(
      s3.endpoint,
      (_incoming, answer) => {
        requests++;
        answer.writeHead(503).end();
      },
      endpoint =>
        assert.rejects(
          drainHastily(s3, 'table.csv', endpoint),
          expectError('failedPrecondition', /asked 4 times in vain, and it answers HTTP 503/),
        ),
    );
    assert.equal(requests, 4);
    await withHttpProxy(
      s3.endpoint,
      () => new Promise<never>(() => undefined),
      endpoint =>
        assert.rejects(
          drainHastily(s3, 'table.csv', endpoint, { silenceMs: 50 }),
          expectError('failedPrecondition', /it sent nothing for 0\.05 seconds/),
        ),
    );
    const [free] = await freePorts(1);
    await assert.rejects(
      drainHastily(s3, 'table.csv', `http://127.0.0.1:${free}`),
      expectError('failedPrecondition', /nothing listens there \(ECONNREFUSED\).*Check AWS_ENDPOINT_URL/),
    );
  });

  it('stops at once where it is cancelled', async function () {
    const s3 = await testS3(this);
    await s3.put('slow.csv', content);
    let closed: Promise<void> | undefined;
    await withHttpProxy(
      s3.endpoint,
      async (_incoming, answer, forward) => {
        closed = new Promise(done => answer.once('close', done));
        const response = await forward();
        answer.writeHead(response.statusCode ?? 0, response.headers);
        answer.write((await bytesOf(response)).subarray(0, 1000));
      },
      async endpoint => {
        const cancelling = new AbortController();
        const source = createS3Source(`s3://${s3.bucket}/slow.csv`, s3.environment('reader', endpoint));
        const reason = new Error('cancelled by the test');
        await assert.rejects(async () => {
          for await (const chunk of source.read(cancelling.signal)) {
            assert.equal(chunk.length, 1000);
            cancelling.abort(reason);
          }
        }, reason);
        await closed;
      },
    );
  });
});

describe('parseS3Uri', () => {
  it('takes an address apart', () => {
    assert.deepEqual(parseS3Uri('s3://my.tables-1/a/b c?.csv'), { bucket: 'my.tables-1', key: 'a/b c?.csv' });
  });

  for (const text of [
    's3://',
    's3://bucket',
    's3://bucket/',
    's3://b/key',
    's3://Bucket/key',
    's3://bucket/a/',
    's3://bucket/../key',
    `s3://bucket/${'ä'.repeat(600)}`,
  ])
    it(`refuses ${text.slice(0, 40)}`, () =>
      assert.throws(() => parseS3Uri(text), expectError('invalidArgument', /expected s3:\/\/BUCKET\/KEY/)));
});

describe('readS3Settings', () => {
  it('follows the names of AWS, and its defaults', () => {
    assert.deepEqual(readS3Settings({ AWS_DEFAULT_REGION: 'eu-central-1' }), {
      endpoint: new URL('https://s3.eu-central-1.amazonaws.com'),
      region: 'eu-central-1',
      pathStyle: false,
      credentials: null,
    });
    const settings = readS3Settings({
      AWS_ENDPOINT_URL: 'https://minio:9000',
      AWS_ENDPOINT_URL_S3: 'https://s3.local',
    });
    assert.deepEqual([settings.endpoint.href, settings.pathStyle], ['https://s3.local/', true]);
  });

  for (const [environment, variable] of [
    [{ AWS_ENDPOINT_URL: 'hunter2' }, 'AWS_ENDPOINT_URL'],
    [{ AWS_ENDPOINT_URL: 'https://user:hunter2@minio' }, 'AWS_ENDPOINT_URL'],
    [{ AWS_REGION: 'hunter2 x' }, 'AWS_REGION'],
    [{ AWS_S3_FORCE_PATH_STYLE: 'hunter2' }, 'AWS_S3_FORCE_PATH_STYLE'],
    [{ AWS_ACCESS_KEY_ID: 'hunter2' }, 'AWS_SECRET_ACCESS_KEY'],
    [{ AWS_SECRET_ACCESS_KEY: 'hunter2' }, 'AWS_ACCESS_KEY_ID'],
  ] as const)
    it(`names ${variable}, not its value`, () =>
      assert.throws(
        () => readS3Settings(environment),
        (error: unknown) =>
          expectError('failedPrecondition', new RegExp(`^The worker's ${variable} cannot be used`))(error) &&
          !(error instanceof Error && error.message.includes('hunter2')),
      ));
});
