import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { HoldfastError } from '../HoldfastError.ts';
import { fileError } from '../lifecycle/fileError.ts';
import type { PostgresAccount } from './postgresAccount.ts';
import type { PostgresBinaries } from './postgresBinaries.ts';

// Makes the data folder on the first start: beside its place and then renamed, so that a start which dies half-way leaves
// nothing that looks like a database. Never touches one that is there.

export const POSTGRES_USER = 'holdfast';

/** Answers the superuser's password, which lies in `<folder>/password`, readable by this user alone. */
export async function initializeCluster(
  folder: string,
  binaries: PostgresBinaries,
  account: PostgresAccount,
): Promise<string> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  if (existsSync(data)) return readPassword(passwordFile, data);
  const password = randomBytes(24).toString('base64url');
  try {
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flush: true });
    await runInitdb(folder, password, binaries, account);
    renameSync(join(folder, 'data.new'), data);
  } catch (error) {
    throw fileError(error, folder);
  }
  return password;
}

function readPassword(path: string, data: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new HoldfastError(
      'failedPrecondition',
      `${path}, the password of the database in ${data}, cannot be read: put it back, start as the user who owns it, or set HOLDFAST_HOME to another folder.`,
      { cause: error },
    );
  }
}

async function runInitdb(
  folder: string,
  password: string,
  binaries: PostgresBinaries,
  account: PostgresAccount,
): Promise<void> {
  const data = join(folder, 'data.new');
  const passwordFile = join(folder, 'password.new');
  rmSync(data, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  try {
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    for (const path of account.owner === null ? [] : [data, passwordFile]) {
      chownSync(path, account.owner!.uid, account.owner!.gid);
    }
    const { command, args, ...ids } = account.wrap(binaries.initdb, [
      `--pgdata=${data}`,
      `--username=${POSTGRES_USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--data-checksums',
    ]);
    const child = spawn(command, args, {
      ...ids,
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const code = new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
    const [, complaint, status] = await Promise.all([text(child.stdout), text(child.stderr), code]);
    if (status !== 0) throw initdbError(complaint, folder);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function initdbError(complaint: string, folder: string): Error {
  if (complaint.includes('No space left on device')) {
    return new HoldfastError(
      'resourceExhausted',
      `The disk is full: PostgreSQL cannot make its database in ${folder}; free some space, or set HOLDFAST_HOME to another folder.`,
    );
  }
  const said = complaint.split('\n').filter(line => /error|fatal|could not/i.test(line));
  return new HoldfastError(
    'internal',
    `PostgreSQL's initdb failed in ${folder}: ${said.slice(0, 3).join(' ') || complaint.trim() || 'it said nothing'}`,
  );
}
