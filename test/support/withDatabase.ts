import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Database } from '../../db/Database.ts';
import { openDatabase } from '../../db/openDatabase.ts';
import { TEMPLATE, testPostgres, withClient } from './postgres.ts';

export interface TestDatabase {
  /** For other processes, or for an openDatabase of the test's own. */
  readonly url: string;
  /** One statement on a connection outside MikroORM, as another program would send it. */
  readonly sql: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
}

/** A test on a migrated database of its own, empty but for who tests are: a clone that takes milliseconds, dropped afterwards. */
export const withDatabase = <T>(test: (database: Database, more: TestDatabase) => Promise<T>): Promise<T> =>
  withCloneOf(TEMPLATE, test);

/** The same without any table: for what migrates. */
export const withEmptyDatabase = <T>(
  test: (database: Database, more: TestDatabase) => Promise<T>,
): Promise<T> => withCloneOf('template1', test);

async function withCloneOf<T>(
  template: string,
  test: (database: Database, more: TestDatabase) => Promise<T>,
): Promise<T> {
  const clone = await openClone(template);
  try {
    return await test(clone.database, clone);
  } finally {
    await clone.close();
  }
}

/** For tests that share one: opened before them, closed after them. */
export const openTestDatabase = () => openClone(TEMPLATE);

async function openClone(
  template: string,
): Promise<TestDatabase & { readonly database: Database; close(): Promise<void> }> {
  const postgres = await testPostgres();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const administrate = (statement: string) =>
    withClient(postgres.url('postgres'), client => client.query(statement));
  // Copies the files: by way of the log, as is the default, it takes some three times the CPU time.
  await administrate(`create database ${name} template ${template} strategy file_copy`);
  const url = postgres.url(name);
  const client = new Client({ connectionString: url });
  await client.connect();
  const database = await openDatabase({ url, applicationName: 'test' });
  return {
    database,
    url,
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
      (await client.query<Row>(text, [...values])).rows,
    close: async () => {
      await database.close();
      await client.end();
      await administrate(`drop database ${name} with (force)`);
    },
  };
}
