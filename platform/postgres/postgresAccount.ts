import { spawnSync } from 'node:child_process';
import { HoldfastError } from '../HoldfastError.ts';

// PostgreSQL refuses to run as root, so root lends it another account: the owner of the data where there is one already,
// else the system's `postgres`, else `nobody`. No account is ever created, and no mode of a folder that is not ours changed.

/** How PostgreSQL's programs are started. */
export interface PostgresAccount {
  /** The account to own the data; null where it is the present user's own. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** Turns a program and its arguments into what is to be spawned. */
  wrap(
    program: string,
    args: readonly string[],
  ): { command: string; args: string[]; uid?: number; gid?: number };
}

/**
 * @param reach Folders that the account must be able to enter.
 * @param dataOwner Who owns the data already, where there is some.
 * @throws HoldfastError failedPrecondition where no account can be used or it cannot enter the folders.
 */
export function postgresAccount(
  reach: readonly string[],
  dataOwner: { uid: number; gid: number } | null,
): PostgresAccount {
  if (process.getuid?.() !== 0) {
    return { owner: null, wrap: (program, args) => ({ command: program, args: [...args] }) };
  }
  const owner =
    dataOwner !== null && dataOwner.uid !== 0 ? dataOwner : (lookUp('postgres') ?? lookUp('nobody'));
  if (owner === null) {
    throw new HoldfastError(
      'failedPrecondition',
      'PostgreSQL does not run as root, and this machine has neither an account `postgres` nor `nobody` to run it: start Holdfast as an ordinary user, or set DATABASE_URL.',
    );
  }
  const ways: PostgresAccount['wrap'][] = [
    (program, args) => ({ command: program, args: [...args], ...owner }),
    // A checkout below a closed folder such as /root: the account is let through by a capability instead of opening the
    // folder to everyone on the machine.
    (program, args) => ({ command: 'setpriv', args: [...setprivOptions(owner), program, ...args] }),
  ];
  const wrap = ways.find(way => reach.every(folder => canEnter(way, folder)));
  if (wrap === undefined) {
    throw new HoldfastError(
      'failedPrecondition',
      `PostgreSQL does not run as root, and the account it runs under instead (uid ${owner.uid}) may not enter ${reach.join(' or ')}: move the checkout and HOLDFAST_HOME to a folder open to others, start Holdfast as an ordinary user, or set DATABASE_URL.`,
    );
  }
  return { owner, wrap };
}

const setprivOptions = ({ uid, gid }: { uid: number; gid: number }): string[] => [
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  // Without this the kernel leaves capabilities out when a program asks whether it may run a file, as initdb does.
  '--securebits=+no_setuid_fixup',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
  '--',
];

/** Asks the kernel by trying, so that modes, access lists and mount options all count. */
function canEnter(wrap: PostgresAccount['wrap'], folder: string): boolean {
  const { command, args, ...ids } = wrap('/bin/sh', ['-c', 'cd "$1"', 'sh', folder]);
  return spawnSync(command, args, { ...ids, cwd: '/', stdio: 'ignore' }).status === 0;
}

function lookUp(name: string): { uid: number; gid: number } | null {
  const [uid, gid] = ['-u', '-g'].map(flag => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return status === 0 ? Number(stdout.trim()) : Number.NaN;
  });
  return Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0 ? { uid, gid } : null;
}
