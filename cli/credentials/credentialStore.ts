import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { writeFileAtomically } from '../../platform/writeFileAtomically.ts';
import { fileError } from '../fileError.ts';

// The logins of this account on this machine, one a server, in a file that only its owner can read. Of a session there is the token
// alone: a password is never kept.

const schema = z.strictObject({
  format: z.literal(1),
  servers: z.record(
    z.string(),
    z.strictObject({
      user: z.string(),
      token: z.string(),
      expireTime: z.iso.datetime().nullable(),
    }),
  ),
});

export type StoredLogin = z.output<typeof schema>['servers'][string];

type Logins = Readonly<Record<string, StoredLogin | undefined>>;

export interface CredentialStore {
  readonly path: string;
  /** Undefined where there is none, or none that still holds. */
  find(server: string): StoredLogin | undefined;
  save(server: string, login: StoredLogin): Promise<void>;
  /** @returns whether there was one */
  remove(server: string): Promise<boolean>;
}

/** @param configHome where this account's programs keep what they are set to: XDG_CONFIG_HOME, ~/.config */
export function openCredentialStore(configHome: string): CredentialStore {
  const path = join(configHome, 'holdfast', 'credentials.json');
  const write = async (servers: Logins): Promise<void> => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomically(path, `${JSON.stringify({ format: 1, servers }, null, 2)}\n`);
  };
  return {
    path,
    find: server => {
      const login = read(path)[server];
      const hasEnded = login?.expireTime != null && Date.parse(login.expireTime) <= Date.now();
      return hasEnded ? undefined : login;
    },
    save: (server, login) => write({ ...read(path), [server]: login }),
    remove: async server => {
      const { [server]: login, ...others } = read(path);
      if (login !== undefined) await write(others);
      return login !== undefined;
    },
  };
}

function read(path: string): Logins {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw fileError(path, error);
  }
  try {
    return schema.parse(JSON.parse(text)).servers;
  } catch (cause) {
    throw new HoldfastError(
      'failedPrecondition',
      `${path} does not hold logins. Remove it, and log in again with \`./holdfast login\`.`,
      { cause },
    );
  }
}
