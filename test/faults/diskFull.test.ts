import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'mocha';
import { requirePeer } from '../peers/requirePeer.ts';
import { assertNoProcesses, Started } from '../setup/support/Started.ts';
import { freePortRow, freePorts } from '../support/freePorts.ts';
import { withSmallDisk } from '../support/smallDisk.ts';
import { waitUntil } from '../support/waitUntil.ts';

// `npm start` while it trains for the first time, on a disk that is full from one moment to the next; then with room again.

describe('a disk that is full in the middle of the first training', () => {
  it('ends `npm start` with one sentence, and with room again the run goes on to Production', function () {
    const path = `${dirname(requirePeer(this, 'temporal'))}:${process.env.PATH}`;
    return withSmallDisk(this, 500, async ({ folder, fill, free }) => {
      const home = join(folder, 'home');
      const names = ['POSTGRES', 'TEMPORAL', 'TEMPORAL_UI', 'CONTROL', 'INFERENCE', 'HTTP'];
      const ports = await freePorts(names.length);
      const environment: NodeJS.ProcessEnv = {
        ...process.env,
        PATH: path,
        HOLDFAST_HOME: home,
        HOLDFAST_METRICS_PORT: String(await freePortRow(4)),
        ...Object.fromEntries(names.map((name, index) => [`HOLDFAST_${name}_PORT`, String(ports[index])])),
      };
      for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS']) delete environment[name];
      const start = (): Started =>
        new Started(process.execPath, [join(import.meta.dirname, '../../bin/start.ts'), '--once'], {
          env: environment,
        });

      const full = start();
      const artifacts = join(home, 'artifacts');
      await waitUntil(
        'a fold is trained',
        () => existsSync(artifacts) && readdirSync(artifacts).length > 6,
        120_000,
      );
      fill(0);
      assert.equal(await full.exit, 1);
      assert.match(
        full.stderr.trimEnd().split('\n').at(-1) ?? '',
        /^holdfast start: The disk of .* is full \(\d+ MB free, 64 MB needed to go on\): free some space/,
      );
      await assertNoProcesses(home);

      free();
      const again = start();
      assert.equal(await again.exit, 0, again.stderr);
      assert.match(again.stdout, /churn version \d+ .* is in Production/);
    });
  });
});
