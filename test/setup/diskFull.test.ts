import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'mocha';
import { readRecord } from '../../platform/supervisor/processRecords.ts';
import { requirePeer } from '../peers/requirePeer.ts';
import { freePorts } from '../support/freePorts.ts';
import { withSmallDisk } from '../support/smallDisk.ts';
import { assertNoProcesses, processesOf, Started } from './support/Started.ts';

// A disk that fills while everything runs, on a real small file system: one sentence, a stop in good order, nothing left
// running, and the data whole at the next start; in bounded time also where PostgreSQL and Temporal hang.

const program = join(import.meta.dirname, 'support/tinySystem.ts');

describe('a disk that fills while everything runs', () => {
  let environment: NodeJS.ProcessEnv;

  before(async function () {
    const ports = await freePorts(5);
    environment = {
      ...process.env,
      PATH: `${dirname(requirePeer(this, 'temporal'))}:${process.env.PATH}`,
      HOLDFAST_POSTGRES_PORT: String(ports[0]),
      HOLDFAST_TEMPORAL_PORT: String(ports[1]),
      HOLDFAST_TEMPORAL_UI_PORT: String(ports[2]),
      HOLDFAST_CONTROL_PORT: String(ports[3]),
      HOLDFAST_METRICS_PORT: String(ports[4]),
    };
    for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'NODE_TINY']) delete environment[name];
  });

  it('stops everything with one sentence, and the next start finds all as it was', function () {
    return withSmallDisk(this, 600, async ({ folder, fill, free }) => {
      const home = join(folder, 'home');
      const start = (): Started =>
        new Started(process.execPath, [program], { env: { ...environment, HOLDFAST_HOME: home } });
      const sentence = new RegExp(
        `^The disk of ${home} is full \\(\\d+ MB free, 64 MB needed to go on\\): free some space, or set HOLDFAST_HOME to another folder\\.$`,
        'gm',
      );

      const first = start();
      await first.until('READY');
      fill(40);
      assert.equal(await first.exit, 1);
      assert.equal(first.stderr.match(sentence)?.length, 1, first.stderr);
      assert.deepEqual(first.stderr.match(/^! (?!tiny: ).*/gm), null, 'and without any other alarm');
      assert.deepEqual(processesOf(home), []);
      assert.match(
        readFileSync(join(home, 'logs/postgres.log'), 'utf8'),
        /database system is shut down\n$/,
        'it was stopped in good order',
      );
      assert.match(readFileSync(join(home, 'logs/tiny.log'), 'utf8'), /process has drained/);

      const refused = start();
      assert.equal(await refused.exit, 1);
      assert.match(
        refused.stderr,
        /^The disk of .* is full \(\d+ MB free, 200 MB needed to start\): free some/,
      );

      free();
      const second = start();
      await second.until('READY');
      assert.match(second.stdout, /^STARTS 2$/m);
      // Nothing is left to write into, and the servers do not even take signals.
      for (const name of ['postgres', 'temporal']) {
        const { pid } = readRecord(join(home, `run/${name}.json`)) ?? assert.fail(`${name} does not run`);
        process.kill(pid, 'SIGSTOP');
      }
      fill(0);
      assert.equal(await second.exit, 1);
      assert.equal(second.stderr.match(sentence)?.length, 1, second.stderr);
      await assertNoProcesses(home); // PostgreSQL's own see by themselves that it is gone.
    });
  });
});
