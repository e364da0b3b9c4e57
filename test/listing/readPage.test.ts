import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { z } from 'zod';
import { listDatasetVersions } from '../../db/datasets/listDatasetVersions.ts';
import { datasetList } from '../../db/datasets/datasetList.ts';
import { recordDatasetVersion } from '../../db/datasets/recordDatasetVersion.ts';
import { readPage } from '../../db/listing/readPage.ts';
import { runList } from '../../db/runs/runList.ts';
import { startRun } from '../../db/runs/startRun.ts';
import type { ListItem } from '../../platform/listing/ListDeclaration.ts';
import { compareByOrder, matchesFilter } from '../../platform/listing/matchesFilter.ts';
import { type ListRequest, readListQuery } from '../../platform/listing/readListQuery.ts';
import { sha256 } from '../../platform/sha256.ts';
import { expectError } from '../support/expectError.ts';
import { firstPage } from '../support/firstPage.ts';
import { sampleDataset, sampleRun } from '../support/registrySamples.ts';
import { testSeed } from '../support/testSeed.ts';
import { openTestDatabase, withDatabase } from '../support/withDatabase.ts';

// Pages out of PostgreSQL, against the same filter and order on the same rows in memory.

const RUNS = 60;

const time = (at: Date | string): string => new Date(at).toISOString();

interface Row {
  readonly id: string;
  readonly workflow_id: string;
  readonly model: string;
  readonly kind: string;
  readonly trigger: string;
  readonly status: string;
  readonly start_time: Date | string;
  readonly end_time: Date | string | null;
}

describe('pages of a list', () => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>;
  let items: readonly ListItem[];

  const pageOf = (request: Partial<ListRequest>) =>
    opened.database.read(manager =>
      readPage<Row>(manager, runList, readListQuery(runList, { ...firstPage, ...request }, {})),
    );

  async function allPages(request: Partial<ListRequest>): Promise<string[]> {
    const ids: string[] = [];
    let pageToken = '';
    do {
      const page = await pageOf({ ...request, pageToken });
      assert.ok(page.items.length <= (request.pageSize || 50));
      ids.push(...page.items.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    return ids;
  }

  before(async () => {
    opened = await openTestDatabase();
    const { database, sql } = opened;
    for (let index = 0; index < RUNS; index++)
      await startRun(
        database,
        sampleRun({
          id: `run-${index}`,
          workflowId: ['train', 'Train', 'über', 'tr_ain'][index % 4],
          model: ['churn', 'churn-2', 'bank'][index % 3],
          trigger: index % 2 === 0 ? 'cli' : 'api',
        }),
      );
    // Few different moments, so that the key has to tell runs apart.
    await sql(
      `update training_run set started_at = '2026-01-01'::timestamptz + (substr(id, 5)::integer % 7) * interval '1 day'`,
    );
    await sql(
      `update training_run set status = 'cancelled', finished_at = started_at + interval '1.001 seconds'
       where substr(id, 5)::integer % 5 = 0`,
    );
    const { items: rows } = await pageOf({ pageSize: 1_000 });
    items = rows.map(row => ({
      id: row.id,
      workflow_id: row.workflow_id,
      model: row.model,
      kind: row.kind,
      trigger: row.trigger,
      status: row.status,
      dataset_version: null,
      start_time: time(row.start_time),
      end_time: row.end_time === null ? null : time(row.end_time),
    }));
    assert.equal(items.length, RUNS);
  });
  after(() => opened.close());

  const terms = [
    'model = churn',
    'model > bank',
    'workflow_id < "train"',
    'workflow_id >= "Train"',
    'status = cancelled',
    'trigger != cli',
    'start_time > "2026-01-03"',
    'end_time <= "2026-01-04T00:00:01.001Z"',
    'end_time:*',
    'end_time != "2026-01-01T00:00:01.001Z"',
    'dataset_version = 1',
  ];
  const filter = fc
    .tuple(
      fc.constantFrom(' AND ', ' OR '),
      fc.array(fc.tuple(fc.boolean(), fc.constantFrom(...terms)), { maxLength: 3 }),
    )
    .map(([joint, parts]) => parts.map(([not, term]) => (not ? `NOT ${term}` : term)).join(joint));
  const order = fc
    .uniqueArray(fc.constantFrom('id', 'workflow_id', 'model', 'trigger', 'status', 'start_time'), {
      maxLength: 3,
    })
    .chain(fields => fc.tuple(...fields.map(field => fc.constantFrom(field, `${field} desc`))))
    .map(parts => parts.join(', '));

  it('are together what the filter holds for, once each, in the order, whatever the filter, order and size', () =>
    fc.assert(
      fc.asyncProperty(filter, order, fc.integer({ min: 5, max: 70 }), async (asked, orderBy, pageSize) => {
        const query = readListQuery(runList, { ...firstPage, filter: asked, orderBy }, {});
        const valuesOf = (item: ListItem) => query.order.map(({ field }) => String(item[field]));
        const expected = items
          .filter(item => query.filter === null || matchesFilter(query.filter, item))
          .toSorted((one, other) => compareByOrder(query.order, valuesOf(one), valuesOf(other)));
        assert.deepEqual(
          await allPages({ filter: asked, orderBy, pageSize }),
          expected.map(({ id }) => id),
        );
      }),
      { seed: testSeed, numRuns: 40 },
    ));

  it('refuse a token of another filter, order, model or list, and what is none', async () => {
    const { nextPageToken: pageToken } = await pageOf({ pageSize: 2, filter: 'model = churn' });
    const page = await pageOf({ pageSize: 5, filter: ' model="churn" ', pageToken });
    assert.equal(page.items.length, 5, 'the size may change, and how the filter is written');
    const other = expectError('invalidArgument', /page_token belongs to another question than these runs/);
    await assert.rejects(pageOf({ pageToken }), other);
    await assert.rejects(pageOf({ pageToken, filter: 'model = bank' }), other);
    await assert.rejects(pageOf({ pageToken, filter: 'model = churn', orderBy: 'start_time' }), other);
    assert.throws(
      () => readListQuery(datasetList, { ...firstPage, pageToken }, { model: 'churn' }),
      expectError('invalidArgument', /another question than these datasets/),
    );
    for (const none of ['x', '!', 'bnVsbA', Buffer.from('[1]').toString('base64url')])
      await assert.rejects(
        pageOf({ pageToken: none }),
        expectError('invalidArgument', /page_token is not one that a list answered/),
      );
    const [fingerprint] = z
      .tuple([z.string()], z.unknown())
      .parse(JSON.parse(Buffer.from(pageToken, 'base64url').toString()));
    for (const values of [[], ['2026-01-01', 'a'], [1, 'a'], ['2026-13-01T00:00:00.000Z', 'a']]) {
      const damaged = Buffer.from(JSON.stringify([fingerprint, ...values])).toString('base64url');
      await assert.rejects(
        pageOf({ pageToken: damaged, filter: 'model = churn' }),
        expectError('invalidArgument', /page_token is damaged/),
      );
    }
  });

  it('take any text for a token without a fault of their own', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), text => {
        const token = Buffer.from(text).toString('base64url');
        for (const pageToken of [text, token])
          try {
            readListQuery(runList, { ...firstPage, pageToken }, {});
          } catch (error) {
            expectError('invalidArgument', /page_token/)(error);
          }
      }),
      { seed: testSeed, numRuns: 300 },
    ));

  it('neither repeat nor hide what was there, whatever comes meanwhile', () =>
    withDatabase(async database => {
      const record = (name: string) =>
        recordDatasetVersion(database, sampleDataset({ digest: sha256(name), sourceArtifact: sha256(name) }));
      const there = [];
      for (let index = 0; index < 10; index++) there.push((await record(`first ${index}`)).version);
      const seen: number[] = [];
      let pageToken = '';
      do {
        const query = readListQuery(
          datasetList,
          { ...firstPage, pageSize: 3, pageToken },
          { model: 'churn' },
        );
        const page = await listDatasetVersions(database, query);
        seen.push(...page.items.map(({ version }) => version));
        pageToken = page.nextPageToken;
        await record(`later ${seen.length}`);
      } while (pageToken !== '');
      assert.deepEqual(seen, there.toReversed());
    }));

  it('are 1 to 1000 long', async () => {
    for (const pageSize of [-1, 1_001, 1.5])
      await assert.rejects(
        pageOf({ pageSize }),
        expectError('invalidArgument', /page_size is .*expected 1 to 1000, or 0 for 50/),
      );
  });
});
