import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { withGateway } from '../support/withGateway.ts';

// What the gateway refuses by itself. The servers are away: a request that is let through answers 503, so each case shows that
// it went no further; the pairs show that it was refused for its own fault.

interface Case {
  readonly what: string;
  readonly verb?: string;
  readonly path?: string;
  readonly body?: string | Buffer | object;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly says: RegExp;
  readonly field?: string;
}

const cases: readonly Case[] = [
  { what: 'a good request', body: { instances: [{ a: 1 }] }, status: 503, says: /No connection to/ },
  { what: 'no body at all', body: undefined, status: 503, says: /No connection to/ },
  { what: 'an empty body that says it is JSON', body: '', status: 503, says: /No connection to/ },
  {
    what: 'JSON with a charset',
    body: '{}',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    status: 503,
    says: /No connection to/,
  },
  {
    what: 'an unknown field',
    body: { instance: [] },
    status: 400,
    says: /instance: unknown in PredictRequest\. Did you mean "instances"\? Expected model, version, instances, returnProba/,
  },
  {
    what: 'a wrong type',
    body: { instances: 'x' },
    status: 400,
    says: /instances: expected a list, got "x"/,
    field: 'instances',
  },
  {
    what: 'text for a boolean',
    body: { returnProba: 'yes' },
    status: 400,
    says: /returnProba: expected true or false, got "yes"/,
    field: 'returnProba',
  },
  {
    what: 'an instance that is no object',
    body: { instances: [5] },
    status: 400,
    says: /instances\[0\]: expected an object, got 5/,
  },
  { what: 'a list as body', body: '[]', status: 400, says: /not a valid PredictRequest/ },
  { what: 'null as body', body: 'null', status: 400, says: /not a valid PredictRequest/ },
  { what: 'text that is no JSON', body: '{"instances":', status: 400, says: /JSON/ },
  {
    what: 'a key given twice',
    body: '{"version":"1","version":"2"}',
    status: 400,
    says: /version: this name is given twice/,
  },
  {
    what: 'a column given twice',
    body: '{"instances":[{"a":1,"a":2}]}',
    status: 400,
    says: /instances\[0\]\.a: this name is given twice/,
  },
  {
    what: 'both spellings of a field',
    body: { return_proba: true, returnProba: false },
    status: 400,
    says: /set multiple times/,
  },
  {
    what: 'half a character',
    body: '{"version":"\\ud800"}',
    status: 400,
    says: /version: a text holds half a character/,
  },
  {
    what: 'bytes that are no UTF-8',
    body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
    status: 400,
    says: /not UTF-8/,
  },
  {
    what: 'objects in one another without end',
    body: `{"instances":[{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`,
    status: 400,
    says: /more than 100 deep in one another/,
  },
  {
    what: 'a prototype as column',
    body: '{"instances":[{"__proto__":1}]}',
    status: 503,
    says: /No connection/,
  },
  {
    what: 'a prototype as field',
    body: '{"__proto__":1}',
    status: 400,
    says: /__proto__: unknown in PredictRequest/,
  },
  {
    what: 'another content type',
    body: 'a=1',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    says: /content-type: application\/json/,
  },
  {
    what: 'plain text, which a page of any origin may send',
    body: '{}',
    headers: { 'content-type': 'text/plain' },
    status: 415,
    says: /content-type: application\/json/,
  },
  {
    what: 'no content type',
    body: '{}',
    headers: { 'content-type': '' },
    status: 415,
    says: /content-type: application\/json/,
  },
  {
    what: 'a body that differs from the path',
    body: { model: 'bank' },
    status: 400,
    says: /model: is "bank" in the request but "churn" in the path/,
    field: 'model',
  },
  { what: 'a body that repeats the path', body: { model: 'churn' }, status: 503, says: /No connection to/ },
  {
    what: 'a query beside a body',
    path: '/v1/models/churn:predict?version=2',
    body: {},
    status: 400,
    says: /Unknown query parameter "version".*the request is the body/,
    field: 'version',
  },
  {
    what: 'an unknown query parameter',
    verb: 'GET',
    path: '/v1/runs?page_sise=2',
    status: 400,
    says: /Unknown query parameter "page_sise" for GET \/v1\/runs\..*Expected model, pageSize/,
  },
  {
    what: 'a query parameter that is no number',
    verb: 'GET',
    path: '/v1/runs?pageSize=many',
    status: 400,
    says: /pageSize: expected a whole number \(int32\), got "many"/,
    field: 'pageSize',
  },
  {
    what: 'a number that does not fit',
    verb: 'GET',
    path: '/v1/runs?pageSize=99999999999',
    status: 400,
    says: /from -2147483648 to 2147483647, got 99999999999/,
  },
  {
    what: 'a number as text',
    verb: 'GET',
    path: '/v1/runs?pageSize=2',
    status: 503,
    says: /No connection to/,
  },
  {
    what: 'its other spelling',
    verb: 'GET',
    path: '/v1/runs?page_size=2',
    status: 503,
    says: /No connection to/,
  },
  {
    what: 'a query parameter given twice',
    verb: 'GET',
    path: '/v1/runs?model=a&model=b',
    status: 400,
    says: /names model more than once/,
  },
  {
    what: 'a query parameter in both spellings',
    verb: 'GET',
    path: '/v1/runs?page_size=1&pageSize=2',
    status: 400,
    says: /names pageSize more than once/,
  },
  {
    what: 'a query that differs from the path',
    verb: 'GET',
    path: '/v1/models/churn/versions?model=bank',
    status: 400,
    says: /model: is "bank" in the request but "churn" in the path/,
  },
  { what: 'a broken escape in the path', verb: 'GET', path: '/v1/runs/%zz', status: 400, says: /%zz/ },
  { what: 'a path that is no UTF-8', verb: 'GET', path: '/v1/runs/%ff', status: 400, says: /%ff/ },
  { what: 'an escaped slash', verb: 'GET', path: '/v1/runs/a%2Fb', status: 503, says: /No connection to/ },
  { what: 'a broken escape in the query', verb: 'GET', path: '/v1/runs?model=%zz', status: 503, says: /./ },
  { what: 'a variable too long', verb: 'GET', path: `/v1/runs/${'x'.repeat(600)}`, status: 414, says: /./ },
];

const names: Readonly<Record<number, readonly [number, string]>> = {
  400: [3, 'INVALID_ARGUMENT'],
  414: [3, 'INVALID_ARGUMENT'],
  415: [3, 'INVALID_ARGUMENT'],
  503: [14, 'UNAVAILABLE'],
};

describe('the gateway by itself', () => {
  for (const { what, verb = 'POST', path = '/v1/models/churn:predict', body, headers, ...expected } of cases)
    it(`answers ${expected.status} to ${what}`, () =>
      withGateway({}, async ({ ask, logs }) => {
        const { status, type, text } = await ask(verb, path, body, headers);
        assert.equal(status, expected.status, text);
        assert.equal(type, 'application/json; charset=utf-8');
        const { error } = JSON.parse(text);
        assert.deepEqual([error.code, error.status], names[status]);
        assert.match(error.message, expected.says);
        if (expected.field !== undefined)
          assert.equal(error.details[1].fieldViolations[0].field, expected.field);
        assert.deepEqual(
          logs.filter(({ level }) => level >= 50),
          [],
        );
      }));

  it('answers 413 to a body above the limit, and to one that is above it only as a message', () =>
    withGateway(
      {},
      async ({ ask }) => {
        const path = '/v1/models/churn:predict';
        const long = await ask('POST', path, { instances: [{ text: 'x'.repeat(2000) }] });
        assert.equal(long.status, 413, long.text);
        assert.match(long.text, /larger than 1000 bytes; send fewer instances/);
        const { error } = JSON.parse(long.text);
        assert.deepEqual(
          [error.code, error.status, error.details[0].reason, long.headers['retry-after']],
          [8, 'RESOURCE_EXHAUSTED', 'TOO_LARGE', undefined],
        );
        const rows = Array.from({ length: 100 }, () => ({ a: 1 }));
        const body = JSON.stringify({ instances: rows });
        assert.ok(body.length < 1000, String(body.length));
        assert.equal((await ask('POST', path, body)).status, 413);
        assert.equal((await ask('POST', path, { instances: rows.slice(0, 20) })).status, 503);
      },
      { bodyLimitBytes: 1000 },
    ));
});
