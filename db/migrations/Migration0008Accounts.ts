import { Migration } from '@mikro-orm/migrations';

// Users, what they present to say who they are, and the record of what they did. No secret is in here: a password is argon2id's
// hash, a session's token and a key are SHA-256 of 256 random bits (docs/decisions/0031). Every change of who may do what
// raises access_revision in its own transaction, so that whoever keeps a copy knows whether it is the newest.

export class Migration0008Accounts extends Migration {
  override up(): void {
    this.addSql(userAccount);
    this.addSql(userSession);
    this.addSql(apiKey);
    this.addSql(loginThrottle);
    this.addSql(auditEvent);
    this.addSql(accessRevision);
  }
}

const immutable = (table: string): string => `
create trigger ${table}_immutable before update or delete on ${table} for each row execute function refuse_change();
create trigger ${table}_not_truncated before truncate on ${table} for each statement execute function refuse_change();
`;

const userAccount = `
create domain user_name as text check (value ~ '^[a-z0-9][a-z0-9._@+-]{0,126}$');
create domain role_name as text check (value in ('viewer', 'predictor', 'operator', 'admin'));

create table user_account (
  id uuid primary key default gen_random_uuid(),
  name user_name not null unique,
  role role_name not null,
  password_hash text not null check (password_hash like '$argon2id$%'),
  must_change_password boolean not null,
  disabled boolean not null default false,
  created_at timestamptz(3) not null default now(),
  last_login_at timestamptz(3)
);
`;

const userSession = `
create table user_session (
  token_hash sha256_digest primary key,
  user_id uuid not null references user_account on delete cascade,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  constraint user_session_lasts check (expires_at > created_at)
);
create index user_session_of_user on user_session (user_id);
`;

const apiKey = `
create table api_key (
  id text primary key check (id ~ '^[a-z0-9]{10}$'),
  key_hash sha256_digest not null unique,
  user_id uuid not null references user_account on delete cascade,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
  role role_name not null,
  models text[] not null default '{}',
  creator text not null check (creator <> ''),
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  constraint api_key_lasts check (expires_at > created_at)
);
create index api_key_of_user on api_key (user_id);
create index api_key_newest on api_key (created_at desc, id);

create function api_key_only_ends() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null and new.revoked_at is distinct from old.revoked_at then
    raise exception 'key % was revoked: it never works again', old.id using errcode = 'restrict_violation';
  end if;
  if (new.id, new.key_hash, new.user_id, new.name, new.role, new.models, new.creator, new.created_at, new.expires_at)
    is distinct from (old.id, old.key_hash, old.user_id, old.name, old.role, old.models, old.creator, old.created_at, old.expires_at) then
    raise exception 'key % never changes, it only ends', old.id using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger api_key_only_ends before update on api_key for each row execute function api_key_only_ends();

create table inference_key_use (
  key_id text primary key references api_key on delete cascade,
  used_at timestamptz(3) not null
);
`;

// By the SHA-256 of who is held back: what was typed as a user's name may have been a password.
const loginThrottle = `
create table login_throttle (
  subject sha256_digest primary key,
  failures integer not null check (failures >= 0),
  failed_at timestamptz(3) not null,
  blocked_until timestamptz(3) not null
);
create index login_throttle_oldest on login_throttle (failed_at);
`;

// What is tried is recorded before it is done, how it ended in a row of its own: a process that is killed in between leaves
// the first.
const auditEvent = `
create table audit_event (
  id bigint generated always as identity primary key,
  at timestamptz(3) not null default clock_timestamp(),
  actor text not null check (actor <> ''),
  role role_name,
  peer text not null,
  method text not null check (method <> ''),
  target text not null,
  request json not null check (json_typeof(request) = 'object')
);
create index audit_event_of_actor on audit_event (actor, id);
create index audit_event_of_method on audit_event (method, id);
create index audit_event_of_target on audit_event (target text_pattern_ops, id);
${immutable('audit_event')}

create table audit_outcome (
  event_id bigint primary key references audit_event,
  at timestamptz(3) not null default clock_timestamp(),
  code text not null check (code <> ''),
  message text not null,
  before json check (json_typeof(before) = 'object'),
  after json check (json_typeof(after) = 'object')
);
${immutable('audit_outcome')}
`;

const accessRevision = `
create table access_revision (
  id boolean primary key default true check (id),
  revision bigint not null
);
insert into access_revision (revision) values (1);

create function access_changes() returns trigger language plpgsql as $$
begin
  update access_revision set revision = revision + 1;
  perform pg_notify('holdfast_access', '');
  return null;
end
$$;
create trigger user_account_changes_access
  after insert or delete or update of name, role, disabled, must_change_password on user_account
  for each statement execute function access_changes();
create trigger user_session_changes_access after insert or delete on user_session
  for each statement execute function access_changes();
create trigger api_key_changes_access after insert or delete or update of revoked_at on api_key
  for each statement execute function access_changes();
`;
