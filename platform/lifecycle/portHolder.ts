import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

// Who listens on a TCP port, as far as this user may see: only used to make an error sentence more helpful, so it never
// throws and never blocks for long.

/** For example `postgres (pid 4711)`; null where nothing listens or the holder cannot be seen. */
export function portHolder(port: number): string | null {
  return process.platform === 'linux' ? fromProc(port) : fromLsof(port);
}

const LISTEN = '0A';

function fromProc(port: number): string | null {
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap(path => read(path).split('\n').slice(1))
      .map(line => line.trim().split(/\s+/))
      .filter(fields => fields[3] === LISTEN && Number.parseInt(fields[1]?.split(':')[1] ?? '', 16) === port)
      .map(fields => `socket:[${fields[9] ?? ''}]`),
  );
  if (sockets.size === 0) return null;
  for (const pid of list('/proc').filter(name => /^\d+$/.test(name))) {
    if (list(`/proc/${pid}/fd`).some(descriptor => sockets.has(link(`/proc/${pid}/fd/${descriptor}`)))) {
      return `${read(`/proc/${pid}/comm`).trim()} (pid ${pid})`;
    }
  }
  return null;
}

function fromLsof(port: number): string | null {
  const { stdout } = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    encoding: 'utf8',
    timeout: 3000,
  });
  const pid = /^p(\d+)$/m.exec(stdout ?? '')?.[1];
  const command = /^c(.+)$/m.exec(stdout ?? '')?.[1];
  return pid === undefined ? null : `${command ?? 'a process'} (pid ${pid})`;
}

// A process may end, or belong to someone else, while it is looked at: then it tells nothing.
const read = (path: string): string => orElse('', () => readFileSync(path, 'utf8'));
const list = (path: string): string[] => orElse<string[]>([], () => readdirSync(path));
const link = (path: string): string => orElse('', () => readlinkSync(path));

function orElse<T>(preset: T, look: () => T): T {
  try {
    return look();
  } catch {
    return preset;
  }
}
