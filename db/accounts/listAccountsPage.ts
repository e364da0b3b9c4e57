import type { RoleName } from '../../platform/access/roles.ts';
import type { ListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { type Page, readPage } from '../listing/readPage.ts';
import { toDate } from '../toDate.ts';
import type { Account } from './Account.ts';
import { userList } from './userList.ts';

interface Row {
  readonly name: string;
  readonly role: RoleName;
  readonly disabled: boolean;
  readonly must_change_password: boolean;
  readonly create_time: Date | string;
  readonly last_login_time: Date | string | null;
}

/** A page of users. */
export const listAccountsPage = (database: Database, query: ListQuery): Promise<Page<Account>> =>
  database.read(async manager => {
    const { items, nextPageToken } = await readPage<Row>(manager, userList, query);
    return { items: items.map(toAccount), nextPageToken };
  });

const toAccount = (row: Row): Account => ({
  name: row.name,
  role: row.role,
  disabled: row.disabled,
  mustChangePassword: row.must_change_password,
  createdAt: new Date(row.create_time),
  lastLoginAt: toDate(row.last_login_time),
});
