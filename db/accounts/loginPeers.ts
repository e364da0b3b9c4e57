import type { Database } from '../Database.ts';
import { sha256 } from '../../platform/sha256.ts';

// From where users have logged in, by the hash of the network.

/** Of a user; the ones not seen for the longest go. */
const KEPT = 20;
const FORGOTTEN_AFTER = `interval '90 days'`;

/** False also where there is no such user. */
export const isKnownPeer = (database: Database, user: string, network: string): Promise<boolean> =>
  database.read(async manager => {
    const found = await manager.execute(
      `select from login_peer p join user_account u on u.id = p.user_id
       where u.name = ? and p.peer = ? and p.seen_at > now() - ${FORGOTTEN_AFTER}`,
      [user, sha256(network)],
    );
    return found.length > 0;
  });

/** The user has proved the password from there. */
export const rememberPeer = (database: Database, user: string, network: string): Promise<void> =>
  database.write(async manager => {
    const [account] = await manager.execute<{ id: string }[]>(
      'select id from user_account where name = ? for key share',
      [user],
    );
    // It may have been deleted since.
    if (account === undefined) return;
    await manager.execute(
      `insert into login_peer (user_id, peer, seen_at) values (?, ?, now())
       on conflict (user_id, peer) do update set seen_at = excluded.seen_at`,
      [account.id, sha256(network)],
    );
    await manager.execute(
      `delete from login_peer where user_id = ? and peer not in (
         select peer from login_peer where user_id = ? order by seen_at desc, peer limit ${KEPT})`,
      [account.id, account.id],
    );
  });
