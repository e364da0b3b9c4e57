import assert from 'node:assert/strict';
import { Client } from 'pg';
import { describe, it } from 'mocha';
import type { Database } from '../../db/Database.ts';
import { readPage } from '../../db/listing/readPage.ts';
import { customerList } from '../../db/outcomes/customerList.ts';
import { insertPredictions } from '../../db/predictions/insertPredictions.ts';
import { type ListRequest, readListQuery } from '../../platform/listing/readListQuery.ts';
import { allPages } from '../support/allPages.ts';
import { firstPage } from '../support/firstPage.ts';
import { samplePrediction } from '../support/samplePrediction.ts';
import { registerSamples } from '../support/registrySamples.ts';
import { withDatabase } from '../support/withDatabase.ts';

// Customers by the thousand, each submitted several times, as spools ship them.

const CUSTOMERS = 1_500;
const START = Date.UTC(2026, 0, 1);

const unit = (index: number): string => `c${String(index).padStart(4, '0')}`;

interface Row {
  readonly model: string;
  readonly unit_key: string;
  readonly submission_count: number;
  readonly probability: number;
}

const pageOf = (database: Database, request: ListRequest, model?: string) =>
  database.read(manager =>
    readPage<Row>(manager, customerList, readListQuery(customerList, request, { model })),
  );

/** @returns how many rows of the tables it fetched */
const rowsReadBy = (database: Database, request: Partial<ListRequest>, model?: string) =>
  database.read(async manager => {
    const read = async (): Promise<number> => {
      const [{ rows }] = await manager.execute<{ rows: number }[]>(
        `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::integer as rows from pg_stat_xact_user_tables`,
      );
      return rows;
    };
    const before = await read();
    const query = readListQuery(customerList, { ...firstPage, ...request }, { model });
    const page = await readPage<Row>(manager, customerList, query);
    return { page, rows: (await read()) - before };
  });

const submit = (model: string, unitKey: string, at: number, probability = 0.5) =>
  samplePrediction({ model, unitKey, at, probability, features: { tenure: 1 } });

describe('pages of customers', () => {
  it('show each once by its newest submission, read little more than a page, and bear what comes meanwhile', () =>
    withDatabase(async (database, { url, sql }) => {
      await registerSamples(database, 1);
      await registerSamples(database, 1, 'bank');
      const client = new Client({ connectionString: url });
      await client.connect();
      try {
        // Three rounds over the same customers, the newest not shipped last, and one delivery twice.
        const round = (number: number) =>
          Array.from({ length: CUSTOMERS }, (_, index) =>
            submit(
              index % 10 === 0 ? 'bank' : 'churn',
              unit(index),
              START + number * 86_400_000 + (index % 1000),
              number / 10,
            ),
          );
        const newest = round(3);
        for (const shipped of [round(1), newest, round(2), newest]) await insertPredictions(client, shipped);
        await insertPredictions(client, [
          submit('churn', unit(1), START),
          submit('churn', unit(1), START + 1),
        ]);
        await sql('analyze');

        const all = await allPages({ pageSize: 400 }, page => pageOf(database, page));
        assert.equal(all.length, CUSTOMERS);
        assert.equal(new Set(all.map(row => row.unit_key)).size, CUSTOMERS);
        for (const { unit_key: key, submission_count: count, probability } of all)
          assert.deepEqual([key, count, probability], [key, key === unit(1) ? 5 : 3, 0.3]);

        // By the index of the order: a page's customers, their newest rows and what is known of their outcome.
        for (const model of ['churn', undefined]) {
          let pageToken = '';
          for (let number = 0; number < 3; number++) {
            const { page, rows } = await rowsReadBy(database, { pageSize: 50, pageToken }, model);
            assert.equal(page.items.length, 50);
            assert.ok(rows <= 250, `page ${number} of ${model} read ${rows} rows`);
            pageToken = page.nextPageToken;
          }
        }
        const one = await rowsReadBy(database, { filter: `unit_key = ${unit(77)}` }, 'churn');
        assert.ok(one.page.items.length === 1 && one.rows <= 10, `${one.rows} rows for one customer`);

        // Some submit again while somebody pages: they move before the first page, and nobody else is missed or seen twice.
        const seen = await allPages(
          { pageSize: 150 },
          page => pageOf(database, page, 'churn'),
          found =>
            insertPredictions(client, [
              submit('churn', unit(found.length + 1), START + 9 * 86_400_000),
              submit('churn', `new${found.length}`, START + 9 * 86_400_000),
            ]),
        );
        const keys = seen.map(row => row.unit_key);
        assert.equal(new Set(keys).size, keys.length);
        const moved = new Set(Array.from({ length: 9 }, (_, page) => unit((page + 1) * 150 + 1)));
        const expected = Array.from({ length: CUSTOMERS }, (_, index) => index)
          .filter(index => index % 10 !== 0)
          .map(unit);
        assert.deepEqual(
          expected.filter(key => !keys.includes(key) && !moved.has(key)),
          [],
        );
        assert.ok(!keys.some(key => key.startsWith('new')));
      } finally {
        await client.end();
      }
    }));
});
