import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { createRandom, type Random } from '../../ml/random/createRandom.ts';
import { goodInstance } from '../support/smallModel.ts';
import { testSeed, withSeed } from '../support/testSeed.ts';
import { withGateway } from '../support/withGateway.ts';
import { withServedModel } from '../support/withInference.ts';

// Infer requests over REST as a person with curl writes them, and as nobody should.

const INFER = '/v2/models/churn/infer';
const MALFORMED = 2000;
const ABREAST = 8;
/** Pino's number of the level. */
const ERROR = 50;

const refusalBody = z.strictObject({ error: z.string().min(1) });

/** Two rows as JSON, with the data of some columns replaced and one more field or two in the first tensor. */
function body(data: Readonly<Record<string, unknown>>, first: object = {}) {
  const columns: Readonly<Record<string, unknown>> = {
    tenure: [5, 5],
    charges: [70.35, 70.35],
    contract: ['month', 'month'],
    senior: ['0', '0'],
    region: ['south', 'south'],
    ...data,
  };
  const inputs = Object.entries(columns).map(([name, values], place) => ({
    name,
    datatype: name === 'tenure' || name === 'charges' ? 'FP32' : 'BYTES',
    shape: [2, 1],
    data: values,
    ...(place === 0 ? first : {}),
  }));
  return { inputs };
}

/** The same with tenure as bytes behind the JSON. */
function binaryBody(
  parameters: object = { binary_data_size: 8 },
  behind = Buffer.from([0, 0, 160, 64, 0, 0, 160, 64]),
) {
  const head = Buffer.from(JSON.stringify(body({}, { data: undefined, parameters })));
  return { sent: Buffer.concat([head, behind]), headers: { [LENGTH]: String(head.length) } };
}
const LENGTH = 'inference-header-content-length';

type Refused = readonly [
  what: string,
  sent: object | string | Buffer,
  says: RegExp,
  headers?: Record<string, string>,
];
const short = binaryBody({ binary_data_size: 4 });
const long = binaryBody({ binary_data_size: 12 });
const textSize = binaryBody({ binary_data_size: '8' });
const both = binaryBody();
const refused: readonly Refused[] = [
  ['no JSON', '{', /The body is not JSON/],
  ['a list', '[]', /The body is no JSON object/],
  ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d]), /The body is not UTF-8 text/],
  ['nesting without end', `{"id":${'['.repeat(100_000)}`, /The body nests deeper than 32/],
  ['an unknown field', { ...body({}), input: [] }, /unknown field "input"; Did you mean "inputs"\?/],
  ['contents of the gRPC form', body({}, { contents: {} }), /inputs\[0\] has an unknown field "contents"/],
  ['no input', {}, /inputs is empty/],
  ['an input that is a number', { inputs: [1] }, /inputs/],
  ['no data', body({ tenure: null }), /inputs\[0\] has neither data nor binary_data_size/],
  ['too few elements', body({ tenure: [5] }), /inputs\[0\]\.data has 1 elements; its shape \[2,1\] takes 2/],
  ['a text among numbers', body({ charges: [1, 'x'] }), /inputs\[1\]\.data\[1\] is "x"; expected a number/],
  ['a number among texts', body({ senior: ['0', 0] }), /inputs\[3\]\.data\[1\] is 0; expected text or null/],
  ['an element that nests', body({ charges: [1, {}] }), /data\[1\] is \{\}; expected a number/],
  ['another datatype', body({}, { datatype: 'INT64' }), /inputs\.tenure is INT64; expected FP32/],
  ['a datatype that is none', body({}, { datatype: 5 }), /datatype/],
  ['a shape of texts', body({}, { shape: ['2', 'x'] }), /shape/],
  ['a shape beyond all bounds', body({}, { shape: [1e300] }), /inputs\[0\]\.data has 2 elements/],
  [
    'a number out of range',
    body({ tenure: [5, 500] }),
    /instances\[1\]\.tenure: expected a whole number from 0 to 120/,
  ],
  [
    'a number beyond float32',
    JSON.stringify(body({})).replace('70.35', '-Infinity'),
    /instances\[0\]\.charges/,
  ],
  ['a nested parameter', { ...body({}), parameters: { a: [1] } }, /parameters/],
  [
    'a flag that is none',
    { ...body({}), parameters: { binary_data_output: 1 } },
    /binary_data_output is 1; expected true or false/,
  ],
  [
    'an unknown output',
    { ...body({}), outputs: [{ name: 'labels' }] },
    /"labels"; expected label or probabilities/,
  ],
  ['another model in the body', { ...body({}), model_name: 'x' }, /unknown field "model_name"/],
  ['bytes without the header', both.sent, /The body is not/],
  ['a length beyond the body', body({}), /Inference-Header-Content-Length is "9999"/, { [LENGTH]: '9999' }],
  ['a length that is none', body({}), /Inference-Header-Content-Length is "x"/, { [LENGTH]: 'x' }],
  ['bytes that nobody takes', short.sent, /has 4 bytes behind the JSON that no input takes/, short.headers],
  [
    'bytes that are not there',
    long.sent,
    /binary_data_size is 12; expected at most the 8 bytes/,
    long.headers,
  ],
  ['a size that is text', textSize.sent, /binary_data_size is "8"/, textSize.headers],
];

/** A valid body of either form, with some of its bytes replaced or cut off, or noise; and sometimes another length in the header. */
function drawMalformed(random: Random): { path: string; sent: Buffer; headers: Record<string, string> } {
  const path = random.below(10) === 0 ? '/v2/repository/models/churn/load' : INFER;
  if (random.below(10) === 0)
    return {
      path,
      sent: Buffer.from(Array.from({ length: 1 + random.below(200) }, () => random.below(256))),
      headers: {},
    };
  const valid =
    random.below(2) === 0 ? binaryBody() : { sent: Buffer.from(JSON.stringify(body({}))), headers: {} };
  const sent = Buffer.from(
    valid.sent.subarray(0, random.below(4) === 0 ? 1 + random.below(valid.sent.length) : undefined),
  );
  for (let change = random.below(5); change >= 0; change--)
    sent[random.below(sent.length)] = random.below(256);
  const headers: Record<string, string> =
    random.below(4) === 0 ? { [LENGTH]: String(random.below(sent.length + 20)) } : valid.headers;
  return { path, sent, headers };
}

describe('an infer request over REST', () => {
  it('takes data nested or flat, null and NaN for a missing number, and answers plain JSON', () =>
    withServedModel(async served => {
      const { predictions, probabilities } = await served.client.predict({
        model: 'churn',
        version: '',
        instances: [goodInstance, { ...goodInstance, charges: null, region: null }],
      });
      await withGateway({ inference: `127.0.0.1:${served.inference.port}` }, async ({ ask }) => {
        const nested = body({ charges: [[70.35], [null]], region: [['south'], [null]] });
        const flat = body({ charges: [70.35, null], region: ['south', ''] });
        const literal = JSON.stringify(flat).replace('70.35,null', '70.35,NaN');
        for (const sent of [nested, flat, literal]) {
          const { status, type, text, json } = await ask('POST', INFER, sent);
          assert.equal(status, 200, text);
          assert.equal(type, 'application/json; charset=utf-8');
          assert.deepEqual(json(), {
            model_name: 'churn',
            model_version: '1',
            outputs: [
              { name: 'label', datatype: 'BYTES', shape: [2, 1], data: predictions },
              {
                name: 'probabilities',
                datatype: 'FP32',
                shape: [2, 2],
                data: probabilities.flatMap(p => [Math.fround(1 - p), p]),
              },
            ],
          });
        }
      });
    }));

  it('refuses what does not fit with 400 in the protocol’s form, and says what was expected', () =>
    withServedModel(async ({ inference }) =>
      withGateway({ inference: `127.0.0.1:${inference.port}` }, async ({ ask }) => {
        for (const [what, sent, says, headers = {}] of refused) {
          const { status, text, json } = await ask('POST', INFER, sent, headers);
          assert.equal(status, 400, `${what}: ${text}`);
          assert.match(refusalBody.parse(json()).error, says, what);
        }
        const shared = body({}, { parameters: { shared_memory_region: 'x', shared_memory_byte_size: 4 } });
        const { status, text } = await ask('POST', INFER, shared);
        assert.deepEqual([status, /Shared memory is not offered/.test(text)], [501, true]);
      }),
    ));

  it('never answers a malformed body with a fault of its own', () =>
    withServedModel(async ({ inference }) =>
      withGateway({ inference: `127.0.0.1:${inference.port}` }, async ({ ask, logs }) => {
        const random = createRandom(testSeed);
        const statuses = new Map<number, number>();
        const send = async (): Promise<void> => {
          const { path, sent, headers } = drawMalformed(random);
          const { status, text, type } = await ask('POST', path, sent, headers);
          const shown = `${path} ${JSON.stringify(headers)} ${sent.toString('latin1')}\n${status} ${text}`;
          assert.ok(status < 500, shown);
          if (status !== 200 || type.startsWith('application/json')) JSON.parse(text);
          if (status !== 200) refusalBody.parse(JSON.parse(text));
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        };
        await withSeed(async () => {
          for (let sent = 0; sent < MALFORMED; sent += ABREAST)
            await Promise.all(Array.from({ length: ABREAST }, send));
        });
        // Some mutations hurt nothing; most do.
        assert.ok((statuses.get(400) ?? 0) > MALFORMED / 2, JSON.stringify([...statuses]));
        assert.deepEqual(
          logs.filter(({ level }) => level >= ERROR),
          [],
        );
      }),
    ));
});
