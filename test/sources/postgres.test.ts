import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createPostgresSource } from '../../activities/data/postgres/createPostgresSource.ts';
import { defineProject } from '../../ml/definition/defineProject.ts';
import { expectError } from '../support/expectError.ts';
import { withCuttableProxy } from '../support/cuttableProxy.ts';
import { freePorts } from '../support/freePorts.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withEmptyDatabase } from '../support/withDatabase.ts';
import churn from '../../projects/churn.ts';

// On a real PostgreSQL, as a role that may do nothing but SELECT on one table.

const PASSWORD = 'hunter2-secret';

interface World {
  /** The reader's. */
  readonly url: string;
  readonly sql: (text: string) => Promise<object[]>;
  readonly read: (query: string, more?: { timeoutSeconds?: number; url?: string }) => Promise<string>;
}

const source = (url: string, query: string, timeoutSeconds = 60) =>
  createPostgresSource({ connection: 'CRM_DATABASE_URL', query, timeoutSeconds }, { CRM_DATABASE_URL: url });

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

const withWorld = (test: (world: World) => Promise<void>): Promise<void> =>
  withEmptyDatabase(async (_database, { url, sql }) => {
    const role = `reader_${new URL(url).pathname.slice(1)}`;
    await sql(`create role ${role} login password '${PASSWORD}'`);
    try {
      await sql(
        'create table customer (id integer, name text, paid numeric(10,2), score float8, left_us boolean, since date, seen timestamptz, tags text[])',
      );
      await sql('create table private (id integer)');
      await sql(`insert into customer values
        (10, 'Ünal, "J."', 12.50, 0.1, true, '2024-02-29', '2024-02-29 23:30:00.123456-05', '{a,b}'),
        (9, '', 0.10, 'NaN', false, '2024-01-01', null, null),
        (11, null, 'NaN', 1e300, null, null, '2024-01-01 00:00:00+00', '{}')`);
      await sql(`grant select on customer to ${role}`);
      const reader = new URL(url);
      reader.username = role;
      reader.password = PASSWORD;
      await test({
        url: reader.href,
        sql,
        read: (query, { timeoutSeconds, url: other = reader.href } = {}) =>
          textOf(source(other, query, timeoutSeconds).read(undefined)),
      });
    } finally {
      await sql(`drop owned by ${role}`);
      await sql(`drop role ${role}`);
    }
  });

describe('a query on a PostgreSQL', () => {
  it('gives typed columns as text without loss, sorted, whatever the plan and the settings of the role', () =>
    withWorld(async ({ read, sql, url }) => {
      const expected = [
        'id,name,paid,score,left_us,since,seen,tags',
        '10,"Ünal, ""J.""",12.50,0.1,true,2024-02-29,2024-03-01 04:30:00.123456+00,"{a,b}"',
        '11,,,1e+300,,,2024-01-01 00:00:00+00,{}',
        '9,"",0.10,,false,2024-01-01,,',
        '',
      ].join('\n');
      assert.equal(await read('select * from customer'), expected);
      await sql(`alter role ${new URL(url).username} set datestyle = 'German'`);
      await sql(`alter role ${new URL(url).username} set timezone = 'Asia/Tokyo'`);
      assert.equal(await read('select * from customer order by id desc -- newest first'), expected);
    }));

  it('takes two columns of one name, and a query without rows', () =>
    withWorld(async ({ read }) => {
      assert.equal(await read('select 1 as "a""b", 2 as "a""b"'), '"a""b","a""b"\n1,2\n');
      assert.equal(await read('select id from customer where false'), 'id\n');
    }));

  for (const [name, query, code, message] of [
    [
      'a misspelt column, with its place',
      'select id,\n  nme\nfrom customer',
      'invalidArgument',
      /at line 2, column 3 \("nme"\): PostgreSQL says "column \\"nme\\" does not exist/,
    ],
    [
      'a place behind characters beyond the BMP',
      "select '😀😀', nme from customer",
      'invalidArgument',
      /at line 1, column 14 \("nme from customer"\)/,
    ],
    ['two statements', 'select 1; drop table customer', 'invalidArgument', /cannot insert multiple commands/],
    [
      'a way out of the parentheses',
      "select 1) to program 'id' --",
      'invalidArgument',
      /syntax error at or near \\"\)\\"/,
    ],
    [
      'what writes',
      'insert into customer (id) values (1) returning id',
      'invalidArgument',
      /must be one SELECT/,
    ],
    [
      'what writes in a WITH',
      'with gone as (delete from customer returning id) select id from gone',
      'invalidArgument',
      /data-modifying statements/,
    ],
    [
      'what writes in a function',
      "select setval('counter', 5)",
      'invalidArgument',
      /relation \\"counter\\" does not exist/,
    ],
    [
      'a table that the role may not read',
      'select * from private',
      'permissionDenied',
      /permission denied for table private.*Grant the role of CRM_DATABASE_URL SELECT/,
    ],
    [
      'what fails at a row',
      'select 1 / (id - 9) as x from customer',
      'invalidArgument',
      /division by zero.*22012/,
    ],
  ] as const)
    it(`refuses ${name}`, () =>
      withWorld(async ({ read, sql }) => {
        await assert.rejects(read(query), expectError(code, message));
        assert.equal((await sql('select from customer')).length, 3);
      }));

  it('changes nothing, whatever a function would', () =>
    withWorld(async ({ read, sql }) => {
      await sql('create sequence counter');
      await sql('grant usage on sequence counter to public');
      await assert.rejects(
        read("select nextval('counter') as n"),
        expectError('invalidArgument', /cannot execute nextval\(\) in a read-only transaction/),
      );
    }));

  it('ends at its time limit', () =>
    withWorld(({ read }) =>
      assert.rejects(
        read('select pg_sleep(60)', { timeoutSeconds: 1 }),
        expectError('failedPrecondition', /statement timeout.*may take 1 seconds.*another timeoutSeconds/),
      ),
    ));

  it('shows no password and no address where it cannot connect', () =>
    withWorld(async ({ url, read }) => {
      const [free] = await freePorts(1);
      const wrong = new URL(url);
      wrong.password = 'wrong-hunter2';
      const nowhere = new URL(url);
      nowhere.port = String(free);
      const absent = new URL(url);
      absent.pathname = '/absent';
      for (const [address, message] of [
        [wrong.href, /PostgreSQL refuses the connection of CRM_DATABASE_URL: password authentication failed/],
        [nowhere.href, /cannot be reached: nothing listens there \(ECONNREFUSED\)/],
        [absent.href, /database "absent" does not exist/],
        ['postgres://user:wrong-hunter2@[nonsense', /CRM_DATABASE_URL is not the URL of a PostgreSQL/],
      ] as const)
        await assert.rejects(read('select 1', { url: address }), (error: unknown) => {
          expectError('failedPrecondition', message)(error);
          const shown = JSON.stringify(error, Object.getOwnPropertyNames(error));
          assert.ok(!shown.includes('hunter2') && !shown.includes(String(free)), shown);
          return true;
        });
      assert.throws(
        () => createPostgresSource({ connection: 'ABSENT_URL', query: 'select 1', timeoutSeconds: 1 }, {}),
        expectError('failedPrecondition', /the worker has no such variable.*ABSENT_URL=postgres:/),
      );
    }));

  it('tells of a connection that broke half-way as of something to try again', () =>
    withWorld(({ url }) =>
      withCuttableProxy(url, async proxy => {
        const reading = source(
          proxy.url,
          "select n, repeat('x', 1000) as filler from generate_series(1, 200000) n",
        );
        await assert.rejects(
          async () => {
            for await (const chunk of reading.read(undefined)) {
              assert.ok(chunk.length > 0);
              await proxy.cut();
            }
          },
          expectError('unavailable', /The connection of the query on CRM_DATABASE_URL broke/),
        );
      }),
    ));

  for (const [name, query] of [
    ['while rows come', "select n, repeat('x', 1000) as filler from generate_series(1, 2000000) n"],
    ['before the first row', 'select pg_sleep(600)'],
  ] as const)
    it(`stops the server's work where it is cancelled ${name}`, () =>
      withWorld(async ({ url, sql }) => {
        const active = () =>
          sql(
            "select from pg_stat_activity where application_name = 'holdfast-ingest' and datname = current_database() and state <> 'idle'",
          );
        const cancelling = new AbortController();
        const reason = new Error('cancelled by the test');
        const reading = textOf(source(url, query).read(cancelling.signal));
        reading.catch(() => undefined);
        await waitUntil('the query runs', async () => (await active()).length > 0);
        cancelling.abort(reason);
        await assert.rejects(reading, reason);
        await waitUntil('the query has stopped', async () => (await active()).length === 0);
      }));
});

describe('a definition with such a source', () => {
  for (const [name, change, message] of [
    ['the URL itself', { connection: 'postgres://user:hunter2@host/crm' }, /never the URL itself/],
    ["Holdfast's own database", { connection: 'DATABASE_URL' }, /is Holdfast's own database/],
    ['a semicolon', { query: 'select 1;' }, /no semicolon/],
  ] as const)
    it(`refuses ${name}`, () =>
      assert.throws(
        () =>
          defineProject({
            ...churn,
            source: { kind: 'postgres', connection: 'CRM_DATABASE_URL', query: 'select 1', ...change },
          }),
        message,
      ));
});
