import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { startControl } from '../../control/startControl.ts';
import { createTemporal } from '../../control/temporal/createTemporal.ts';
import { findReport } from '../../db/models/findReport.ts';
import { createLocalArtifactStore } from '../../platform/createLocalArtifactStore.ts';
import { collectLogs } from '../support/collectLogs.ts';
import { registerSmallVersion, reportVersion, unreported } from '../support/reportedVersion.ts';
import { runHoldfast } from '../support/runHoldfast.ts';
import { withDatabase } from '../support/withDatabase.ts';
import { withGateway } from '../support/withGateway.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// A report by the real activity out of the registry, served by control, seen through the gateway and by the command.

describe('the report of a registered version', () => {
  it('is made once, served as data and as a page, and written by the command', () =>
    withDatabase((database, { sql, url }) =>
      withTemporaryFolder(async home => {
        const artifacts = createLocalArtifactStore(join(home, 'artifacts'));
        const world = { database, artifacts };
        await registerSmallVersion(world);
        const { logger } = collectLogs();
        const temporal = createTemporal('127.0.0.1:1', 'default');
        const server = await startControl({
          database,
          connectionString: url,
          artifacts,
          temporal,
          logger,
          defaultModel: 'churn',
          trustedProxies: ['127.0.0.1'],
          dataRoots: [],
          address: 'test',
          host: '127.0.0.1',
          port: 0,
        });
        const control = `127.0.0.1:${server.port}`;
        const options = { control, directory: home, environment: { HOLDFAST_HOME: home } };
        try {
          const early = await runHoldfast(['models', 'report', '1'], options);
          assert.equal(early.code, 3);
          assert.match(early.stderr, /Version 1 of churn has no report yet.*--type reportVersions/s);
          assert.match((await runHoldfast(['models', 'show', 'churn', '1'], options)).stdout, /not made yet/);
          assert.deepEqual(await unreported(world, {}), { model: 'churn', versions: [1] });
          await assert.rejects(unreported(world, { versions: [7] }), /no version 7/);
          await assert.rejects(unreported(world, { versions: [0] }), /input of reportVersions is not valid/);

          // The command waits for what the worker makes meanwhile.
          const waiting = runHoldfast(['models', 'report', '1', '--json', '--wait'], options);
          await reportVersion(world);
          const first = await findReport(database, 'churn', 1);
          assert.ok(first !== null);
          await reportVersion(world);
          assert.deepEqual(await findReport(database, 'churn', 1), first, 'a version keeps its report');
          assert.deepEqual(await unreported(world, { versions: [1] }), { model: 'churn', versions: [] });
          // Another format is made anew in place of the old one; the same one is the same bytes.
          await sql('update model_report set format = 99');
          await reportVersion(world);
          const { createdAt: _made, ...again } = (await findReport(database, 'churn', 1)) ?? first;
          const { createdAt: _before, ...before } = first;
          assert.deepEqual(again, before);
          const json = Buffer.from(await artifacts.get(first.json)).toString('utf8');
          const html = Buffer.from(await artifacts.get(first.html)).toString('utf8');
          const waited = await waiting;
          assert.equal(waited.code, 0, waited.stderr);
          assert.deepEqual(JSON.parse(waited.stdout), JSON.parse(json));

          await withGateway({ control }, async ({ ask, port }) => {
            const path = '/v1/models/churn/versions/1/report';
            const page = await ask('GET', `${path}.html`);
            assert.deepEqual([page.status, page.type], [200, 'text/html; charset=utf-8']);
            assert.equal(page.text, html);
            const data = await ask('GET', path);
            assert.equal(data.status, 200);
            const message = z
              .looseObject({ document: z.unknown(), jsonDigest: z.string(), format: z.number() })
              .parse(data.json());
            assert.deepEqual(message.document, JSON.parse(json));
            assert.deepEqual([message.jsonDigest, message.format], [first.json, 1]);
            const gone = await ask('GET', '/v1/models/churn/versions/2/report.html');
            assert.equal(gone.status, 404);
            const shown = await runHoldfast(['models', 'show', 'churn', '1'], {
              ...options,
              environment: { ...options.environment, HOLDFAST_HTTP_PORT: String(port) },
            });
            const link = /^report +http:\/\/127\.0\.0\.1:(\d+)(\S+)$/m.exec(shown.stdout);
            assert.deepEqual(link?.slice(1), [String(port), `${path}.html`]);
            assert.match(shown.stdout, /CONTACTED +GAIN +LIFT\n +1 % /);
          });

          const written = await runHoldfast(['models', 'report', '1'], options);
          assert.equal(written.stdout, `${join(home, 'reports', 'churn-1.html')}\n`);
          assert.equal(await readFile(written.stdout.trim(), 'utf8'), html);
          const named = await runHoldfast(['models', 'report', '1', '--out', 'r.html', '--open'], options);
          assert.equal(named.code, 0, named.stderr);
          assert.match(named.stderr, /No browser was found on this machine: open .*r\.html in one/);
          assert.equal(await readFile(join(home, 'r.html'), 'utf8'), html);

          // A system's own opener, as a desktop has it.
          await mkdir(join(home, 'bin'));
          const opener = join(home, 'bin', process.platform === 'darwin' ? 'open' : 'xdg-open');
          await writeFile(opener, `#!/bin/sh\nprintf %s "$1" > ${join(home, 'opened')}\n`);
          await chmod(opener, 0o755);
          const PATH = [join(home, 'bin'), process.env.PATH].join(delimiter);
          const opened = await runHoldfast(['models', 'report', '1', '--open'], {
            ...options,
            environment: { ...options.environment, PATH, DISPLAY: ':0' },
          });
          assert.deepEqual([opened.code, opened.stderr], [0, '']);
          assert.match(await readFile(join(home, 'opened'), 'utf8'), /^file:\/\/.*\/reports\/churn-1\.html$/);

          // Nor does it wait for what will not come.
          await sql('delete from model_report');
          await sql("update training_run set status = 'failed', finished_at = now(), error = 'a test'");
          const never = await runHoldfast(['models', 'report', '1', '--wait'], options);
          assert.equal(never.code, 1);
          assert.match(
            never.stderr,
            /has no report, and none is being made: its run failed\. .*--type reportVersions/s,
          );
        } finally {
          await server.close();
          await temporal.close();
        }
      }),
    ));
});
