import type { Control } from '../../control/startControl.ts';
import { createGrpcClient, type GrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import type { Role } from '../../proto/gen/holdfast/v1/access.ts';
import { AccountServiceService } from '../../proto/gen/holdfast/v1/account.ts';
import type { LogLine } from './collectLogs.ts';
import { startTestControl } from './startTestControl.ts';
import { TEST_KEY } from './testAccess.ts';
import { type TestDatabase, withDatabase } from './withDatabase.ts';

type Accounts = GrpcClient<typeof AccountServiceService>;

export interface AccountWorld extends TestDatabase {
  readonly control: Control;
  readonly logs: LogLine[];
  readonly admin: Accounts;
  /** A client that presents this, or nothing. */
  readonly as: (secret?: string) => Accounts;
  /** Makes a user whose password is set, and answers a session of it. */
  readonly user: (name: string, role: Role) => Promise<{ client: Accounts; token: string; password: string }>;
}

/** Control over a database of its own, for clients of AccountService; `tester` is an admin there. */
export const withAccounts = <T>(test: (world: AccountWorld) => Promise<T>): Promise<T> =>
  withDatabase(async (database, more) => {
    const { control, logs } = await startTestControl(database, more.url);
    const clients: Accounts[] = [];
    const as = (secret?: string): Accounts => {
      const client = createGrpcClient(AccountServiceService, {
        address: `127.0.0.1:${control.port}`,
        peer: 'control',
        secret,
      });
      clients.push(client);
      return client;
    };
    const admin = as(TEST_KEY);
    const user = async (name: string, role: Role) => {
      const { oneTimePassword } = await admin.createUser({ name, role, password: '' });
      const first = await as().login({ user: name, password: oneTimePassword });
      const password = `the password of ${name.slice(0, 3)}…`;
      const client = as(first.token);
      await client.changePassword({ currentPassword: oneTimePassword, newPassword: password });
      return { client, token: first.token, password };
    };
    try {
      return await test({ ...more, control, logs, admin, as, user });
    } finally {
      for (const client of clients) client.close();
      await control.close();
    }
  });
