import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';

const NOBODY = 65_534;

/**
 * Turns a command into one run by an ordinary user who owns the folder. For root that is `nobody`, who is let through where
 * the checkout lies in a folder closed to others; anyone else is an ordinary user already.
 */
export function asOrdinaryUser(command: string, args: string[], folder: string): [string, string[]] {
  if (process.getuid?.() !== 0) return [command, args];
  chownSync(folder, NOBODY, NOBODY);
  const identity = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const enter = ['/bin/sh', '-c', 'cd "$1"', 'sh', import.meta.dirname];
  const canEnter = spawnSync('setpriv', [...identity, '--', ...enter], { cwd: '/' }).status === 0;
  const through = canEnter
    ? []
    : ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return ['setpriv', [...identity, ...through, '--', command, ...args]];
}
