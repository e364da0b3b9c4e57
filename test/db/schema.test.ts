import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { createOrm } from '../../db/createOrm.ts';
import { migrate } from '../../db/migrate.ts';
import { migrations } from '../../db/migrations/migrations.ts';
import { openDatabase } from '../../db/openDatabase.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { dumpSchema } from '../support/dumpSchema.ts';
import { withDatabase, withEmptyDatabase } from '../support/withDatabase.ts';

const golden = new URL('../golden/schema.sql', import.meta.url);

const sorted = (list: readonly object[]): string[] => list.map(row => JSON.stringify(row)).sort();

describe('schema', () => {
  it('is what test/golden/schema.sql says, when an empty database is migrated', () =>
    withEmptyDatabase(async (database, { sql }) => {
      const applied = await migrate(database);
      assert.deepEqual(
        applied,
        migrations.map(({ name }) => name),
      );
      const dump = await dumpSchema(sql);
      if (process.env.UPDATE_GOLDEN === '1') await writeFile(golden, dump);
      assert.equal(dump, await readFile(golden, 'utf8'));
    }));

  it('is migrated once, whoever asks how often', () =>
    withDatabase(async (database, { sql }) => {
      const before = await dumpSchema(sql);
      assert.deepEqual(await migrate(database), []);
      assert.equal(await dumpSchema(sql), before);
    }));

  it('is migrated by one of many processes that start at once; the others wait', () =>
    withEmptyDatabase(async (database, { url, sql }) => {
      const others = await Promise.all(
        [1, 2, 3].map(n => openDatabase({ url, applicationName: `starter ${n}`, poolSize: 1 })),
      );
      const applied = await Promise.all([database, ...others, database].map(migrate));
      await Promise.all(others.map(other => other.close()));
      assert.deepEqual(
        applied.flat(),
        migrations.map(({ name }) => name),
      );
      assert.equal(await dumpSchema(sql), await readFile(golden, 'utf8'));
    }));

  it('is left alone by a program older than it', () =>
    withDatabase(async (database, { sql }) => {
      await sql(`insert into migration (name) values ('9999_from_the_future')`);
      await assert.rejects(migrate(database), (error: unknown) => {
        assert.ok(error instanceof HoldfastError);
        assert.equal(error.code, 'failedPrecondition');
        assert.match(error.message, /newer Holdfast \(9999_from_the_future\)/);
        return true;
      });
    }));

  it('has the columns that the entities name, and no others', () =>
    withDatabase(async (_database, { url, sql }) => {
      const columns = await sql<{ table: string; column: string; nullable: boolean; json: boolean }>(`
        select table_name as table, column_name as column, is_nullable = 'YES' as nullable, data_type = 'json' as json
        from information_schema.columns where table_schema = 'public' and table_name <> 'migration'`);
      const orm = await createOrm({ url, name: 'unused', poolSize: 1, applicationName: 'test' });
      const metadata = [...orm.getMetadata().getAll().values()];
      await orm.close();
      const described = metadata.flatMap(({ tableName, properties }) =>
        Object.values(properties).map(property => ({
          table: tableName,
          column: property.fieldNames[0],
          nullable: property.nullable === true,
          json: property.columnTypes[0] === 'json',
        })),
      );
      assert.deepEqual(sorted(described), sorted(columns));
    }));
});
