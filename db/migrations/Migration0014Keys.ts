import { Migration } from '@mikro-orm/migrations';

// By which key a key was made, so that revoking one can revoke what came of it; and from where a user has logged in, so that who
// guesses passwords from elsewhere does not keep them out (docs/decisions/0042).

export class Migration0014Keys extends Migration {
  override up(): void {
    this.addSql(madeBy);
    this.addSql(loginPeer);
  }
}

// No foreign key: the maker's id is told of also when the maker has gone with its user.
const madeBy = `
alter table api_key add column made_by text check (made_by ~ '^[a-z0-9]{10}$' and made_by <> id);
create index api_key_made_by on api_key (made_by) where made_by is not null;

create or replace function api_key_only_ends() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
    raise exception 'key % was revoked: it never works again', old.id using errcode = 'restrict_violation';
  end if;
  if (new.id, new.key_hash, new.user_id, new.name, new.role, new.models, new.creator, new.made_by, new.created_at, new.expires_at)
    is distinct from (old.id, old.key_hash, old.user_id, old.name, old.role, old.models, old.creator, old.made_by, old.created_at, old.expires_at) then
    raise exception 'key % never changes, it only ends', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
`;

// By the SHA-256 of the network, as login_throttle has it.
const loginPeer = `
create table login_peer (
  user_id uuid not null references user_account on delete cascade,
  peer sha256_digest not null,
  seen_at timestamptz(3) not null,
  primary key (user_id, peer)
);
`;
