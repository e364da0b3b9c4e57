import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { listModelNames } from '../../db/models/listModelNames.ts';
import { openDatabase } from '../../db/openDatabase.ts';
import { startRun } from '../../db/runs/startRun.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { expectError } from '../support/expectError.ts';
import { freePorts } from '../support/freePorts.ts';
import { sampleRun } from '../support/registrySamples.ts';
import { waitUntil } from '../support/waitUntil.ts';
import { withDatabase } from '../support/withDatabase.ts';

/** Everything that a log line or a terminal could show of an error, causes included. */
function everythingSaid(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${everythingSaid(error.cause)}`;
}

async function refusal(url: string): Promise<HoldfastError> {
  const error: unknown = await openDatabase({ url, applicationName: 'test' }).then(
    database => database.close(),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HoldfastError, `expected a HoldfastError, got ${String(error)}`);
  return error;
}

describe('openDatabase', () => {
  it('names host, port and database where nothing listens, and never the password', async () => {
    const [port] = await freePorts(1);
    const error = await refusal(`postgres://ada:s3cr3t@127.0.0.1:${port}/holdfast`);
    assert.equal(error.code, 'unavailable');
    assert.match(
      error.message,
      new RegExp(`127\\.0\\.0\\.1:${port}/holdfast cannot be reached \\(ECONNREFUSED\\)`),
    );
    assert.match(error.message, /DATABASE_URL|npm start/);
    assert.doesNotMatch(everythingSaid(error), /s3cr3t/);
  });

  it('says so where the host is unknown', async () => {
    const error = await refusal('postgres://ada:s3cr3t@holdfast.invalid:5432/holdfast');
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /holdfast\.invalid:5432\/holdfast/);
    assert.doesNotMatch(everythingSaid(error), /s3cr3t/);
  });

  for (const url of [
    '',
    'nonsense',
    'mysql://ada:s3cr3t@localhost/holdfast',
    'postgres://ada:s3cr3t@[/x',
    'postgres://ada:s3cr3t@localhost:5432',
  ])
    it(`refuses ${JSON.stringify(url.replace('s3cr3t', '…'))} as a URL`, async () => {
      const error = await refusal(url);
      assert.equal(error.code, 'invalidArgument');
      assert.match(error.message, /expected postgres:\/\/user:password@host:port\/database/);
      assert.doesNotMatch(everythingSaid(error), /s3cr3t/);
    });

  it('says that the password or the database is wrong', () =>
    withDatabase(async (_database, { url }) => {
      const wrongPassword = new URL(url);
      wrongPassword.password = 's3cr3t';
      const refused = await refusal(wrongPassword.href);
      assert.equal(refused.code, 'failedPrecondition');
      assert.match(refused.message, /refused the user or password/);
      assert.doesNotMatch(everythingSaid(refused), /s3cr3t/);
      const wrongDatabase = new URL(url);
      wrongDatabase.pathname = '/nowhere';
      const absent = await refusal(wrongDatabase.href);
      assert.equal(absent.code, 'failedPrecondition');
      assert.match(absent.message, /has no database .*\/nowhere/);
      assert.ok(!everythingSaid(absent).includes(new URL(url).password));
    }));

  it('takes passwords and names with special characters, and the parameters of a URL', () =>
    withDatabase(async (_database, { url, sql }) => {
      await sql(`create role "a/d@a" login superuser password 'p:%/ß?#'`);
      try {
        const special = new URL(url);
        special.username = encodeURIComponent('a/d@a');
        special.password = encodeURIComponent('p:%/ß?#');
        special.searchParams.set('sslmode', 'disable');
        const database = await openDatabase({ url: special.href, applicationName: 'special', poolSize: 1 });
        const [who] = await database.read(manager =>
          manager.execute(`select current_user as user, current_setting('application_name') as name`),
        );
        await database.close();
        assert.deepEqual(who, { user: 'a/d@a', name: 'special' });
      } finally {
        await sql(`drop role "a/d@a"`);
      }
    }));

  it('outlives the loss of its connections, idle and at work, again and again', () =>
    withDatabase(async (_database, { url, sql }) => {
      const database = await openDatabase({ url, applicationName: 'victim', poolSize: 2 });
      const sleep = 'select pg_sleep(1000)';
      const victims = `from pg_stat_activity where datname = current_database() and application_name = 'victim'`;
      for (let round = 0; round < 4; round++) {
        const lost = [
          database.read(manager => manager.execute(sleep)),
          database.write(async manager => {
            await manager.execute('select 1');
            await manager.execute(sleep);
          }),
        ].map(work => assert.rejects(work, expectError('unavailable', /cannot be reached/)));
        await waitUntil(
          'both at work',
          async () =>
            (await sql(`select pid ${victims} and state = 'active' and query = '${sleep}'`)).length === 2,
        );
        await sql(`select pg_terminate_backend(pid) ${victims}`);
        await Promise.all(lost);
        // The first to take a connection whose end has not yet arrived may still be told so.
        await waitUntil('PostgreSQL answers', () =>
          listModelNames(database).then(
            names => names.length === 0,
            error => !expectError('unavailable', /cannot be reached/)(error),
          ),
        );
      }
      await database.close();
    }));

  it('answers questions beyond the pool in turn', () =>
    withDatabase(async (_database, { url }) => {
      const small = await openDatabase({ url, applicationName: 'small', poolSize: 2 });
      const runs = await Promise.all(
        Array.from({ length: 30 }, (_, index) => startRun(small, sampleRun({ id: `run ${index}` }))),
      );
      await small.close();
      assert.equal(new Set(runs.map(({ id }) => id)).size, 30);
    }));

  it('says what to do where the schema is not there', () =>
    withDatabase(async (database, { sql }) => {
      await sql('alter table model_version rename to other');
      await assert.rejects(listModelNames(database), expectError('failedPrecondition', /npm start/));
    }));
});
