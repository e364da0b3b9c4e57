import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { moveAlias } from '../../db/aliases/moveAlias.ts';
import { CSRF_HEADER, csrfTokenOf } from '../../gateway/sessionCookie.ts';
import { roleNames } from '../../platform/access/roles.ts';
import { sha256 } from '../../platform/sha256.ts';
import { requirePeer } from '../peers/requirePeer.ts';
import { registerSamples } from '../support/registrySamples.ts';
import { smallModel } from '../support/smallModel.ts';
import { addTestUser, testKey } from '../support/testAccess.ts';
import { testSeed } from '../support/testSeed.ts';
import { type ControlWorld, withControl } from '../support/withControl.ts';
import { withGateway } from '../support/withGateway.ts';
import { serve } from '../support/withInference.ts';
import { withTemporaryFolder } from '../support/withTemporaryFolder.ts';

// A foreign program reads /openapi.json and asks whatever it can think of, good and bad, of the gateway before real servers: a
// model in memory, PostgreSQL, Temporal. Nothing may be answered 5xx, or otherwise than the document says.

/** Of each operation by each caller; `HOLDFAST_SCHEMATHESIS_EXAMPLES=40` makes it more than 10,000 cases, with the systematic ones that take minutes. */
const { HOLDFAST_SCHEMATHESIS_EXAMPLES: asked } = process.env;
const EXAMPLES = Number(asked ?? 1);
const PHASES = asked === undefined ? 'examples,fuzzing' : 'examples,coverage,fuzzing';
/** What Schemathesis calls the checks that hold here. Data that fits the document may be refused all the same: it has columns that no model has. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
  'unsupported_method',
];

const hooks = resolve('test/peers/ask_as_everybody.py');
const countsSchema = z.record(z.string(), z.number());

const SESSION = `hfs_${'s'.repeat(43)}`;
/** Whoever there is beside nobody, and how they say it. */
const callers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a made-up key': { 'x-api-key': testKey('nobody has it') },
  ...Object.fromEntries(roleNames.map(role => [`a key of the role ${role}`, { 'x-api-key': testKey(role) }])),
  "an operator's session": { cookie: `holdfast=${SESSION}`, [CSRF_HEADER]: csrfTokenOf(SESSION) },
};

async function addCallers(sql: ControlWorld['sql']): Promise<void> {
  for (const role of roleNames) await addTestUser(sql, { name: role, role, key: testKey(role) });
  await sql(
    `insert into user_session (token_hash, user_id, expires_at)
     select $1, id, now() + interval '1 day' from user_account where name = 'operator'`,
    [sha256(SESSION)],
  );
}

describe('every operation of /openapi.json', () => {
  it('answers Schemathesis as it says, and never by 5xx, whoever asks', function () {
    const schemathesis = requirePeer(this, 'schemathesis');
    return withServedGateway(this, async origin => {
      const counts = await attack(schemathesis, origin);
      for (const caller of ['nobody', ...Object.keys(callers)])
        assert.ok(counts[caller] >= EXAMPLES * 30, `only ${counts[caller]} requests of ${caller}`);
      if (asked !== undefined) console.table(counts);
    });
  });
});

/** Everything that Holdfast serves, over one database; work that training would do ends at once. */
function withServedGateway(test: Context, ask: (origin: string) => Promise<void>): Promise<void> {
  return withControl(test, async ({ address, artifacts, home, database, databaseUrl, sql, startWorker }) => {
    await addCallers(sql);
    const model = smallModel();
    await registerSamples(database, 1, 'churn', {
      digest: model.digest,
      threshold: model.metadata.threshold,
    });
    await artifacts.put(model.bytes);
    await moveAlias(database, {
      model: 'churn',
      alias: 'production',
      version: 1,
      actor: 'test',
      reason: '',
      operationId: 'first',
    });
    await startWorker({ verifyArtifact: async () => undefined, awaitLoaded: async () => 1 });
    const { inference, client } = await serve({ home, connectionString: databaseUrl, artifacts });
    try {
      const addresses = { control: address, inference: `127.0.0.1:${inference.port}` };
      await withGateway(addresses, ({ port }) => ask(`http://127.0.0.1:${port}`));
    } finally {
      client.close();
      await inference.close();
    }
  });
}

/** @returns how many requests each caller made */
async function attack(program: string, origin: string): Promise<Record<string, number>> {
  return withTemporaryFolder(async folder => {
    const counts = join(folder, 'counts.json');
    const options = [
      ['--checks', [...CHECKS, 'everybody_is_answered_so'].join()],
      ['--phases', PHASES],
      ['--max-examples', String(EXAMPLES)],
      ['--seed', String(testSeed)],
      ['--generation-database', 'none'],
      ['--suppress-health-check', 'all'],
      // However busy the machine is.
      ['--request-timeout', '300'],
      ['--warnings', 'off'],
      // A stream ends with its run, and not before. Below /v2 another protocol says what is answered, 503 where a model is not ready.
      ['--exclude-path-regex', ':watch$|^/v2/'],
    ].flat();
    const { stdout } = await promisify(execFile)(
      program,
      ['run', `${origin}/openapi.json`, '--no-color', '--continue-on-failure', ...options],
      {
        cwd: folder,
        maxBuffer: 1 << 28,
        env: {
          ...process.env,
          SCHEMATHESIS_HOOKS: hooks,
          HOLDFAST_CALLERS: JSON.stringify(callers),
          HOLDFAST_CHECKS: JSON.stringify(CHECKS),
          HOLDFAST_COUNTS: counts,
        },
      },
    ).catch((error: unknown) => {
      if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
      return { stdout: `${String(error.stdout)}${String(error.stderr)}` };
    });
    assert.match(stdout, /No issues found/, stdout);
    return countsSchema.parse(JSON.parse(await readFile(counts, 'utf8')));
  });
}
