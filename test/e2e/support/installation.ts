import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, type Context } from 'mocha';
import { requirePeer } from '../../peers/requirePeer.ts';
import { assertNoProcesses, Started } from '../../setup/support/Started.ts';
import { freePortRow, freePorts } from '../../support/freePorts.ts';

/** An installation of its own beside any other: a home and ports; `npm start` and `./holdfast` with its environment. */
export interface Installation {
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
  npmStart(...args: string[]): Started;
  /** Stops what still runs; fails where a process is left. */
  close(): Promise<void>;
}

const homes = new Set<string>();

export async function createInstallation(test: Context): Promise<Installation> {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-e2e-'));
  homes.add(home);
  const [http, inference, control, postgres, temporal, temporalUi] = (await freePorts(6)).map(String);
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${dirname(requirePeer(test, 'temporal'))}:${process.env.PATH}`,
    HOLDFAST_HOME: home,
    HOLDFAST_HTTP_PORT: http,
    HOLDFAST_INFERENCE_PORT: inference,
    HOLDFAST_CONTROL_PORT: control,
    HOLDFAST_POSTGRES_PORT: postgres,
    HOLDFAST_TEMPORAL_PORT: temporal,
    HOLDFAST_TEMPORAL_UI_PORT: temporalUi,
    HOLDFAST_METRICS_PORT: String(await freePortRow(4)),
    NO_COLOR: '1',
  };
  for (const name of ['DATABASE_URL', 'TEMPORAL_ADDRESS', 'HOLDFAST_MODEL']) delete environment[name];
  const started: Started[] = [];
  return {
    home,
    environment,
    npmStart: (...args) => {
      const process = new Started('npm', ['start', '--silent', '--', ...args], { env: environment });
      started.push(process);
      return process;
    },
    close: async () => {
      for (const { child, exit } of started) {
        child.kill('SIGINT');
        await exit;
      }
      await assertNoProcesses(home);
    },
  };
}

after(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});
