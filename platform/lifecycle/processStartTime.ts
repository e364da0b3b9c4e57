import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

// A pid alone does not name a process: after a kill -9 or a reboot another process may carry it. Pid and start time do.
// What is recorded on disk is compared with this before anything is signalled; it must never signal anything itself.

/**
 * A text that tells this process from any other that has had, or will have, the same pid; null where none runs (a zombie
 * counts as none). Linux: boot id and start tick from /proc. Elsewhere: what `ps` says.
 */
export function processStartTime(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // No such process: that is the answer, not a failure.
    return null;
  }
  // The command's name is in parentheses and may hold spaces: fields are counted from behind it. 3 = state, 22 = start.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  return `${bootId()} ${fields[19] ?? ''}`;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Some sandboxes hide it; the start tick alone still tells processes of one boot apart.
    return '-';
  }
}

function fromPs(pid: number): string | null {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const line = (stdout ?? '').trim();
  if (line === '' || line.startsWith('Z')) return null;
  return line.split(/\s+/).slice(1).join(' ');
}
