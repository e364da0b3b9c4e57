import { Migration } from '@mikro-orm/migrations';

// What operators do besides moving aliases: archiving versions, and asking the same thing twice without having it done twice.

export class Migration0009Control extends Migration {
  override up(): void {
    this.addSql(archivedVersion);
    this.addSql(idempotencyKey);
  }
}

// A version is archived while its row is here. The rows of model_version never change, and what was promoted never is archived.
const archivedVersion = `
create table archived_version (
  model model_name not null,
  version integer not null,
  actor text not null check (actor <> ''),
  reason text not null,
  at timestamptz(3) not null,
  primary key (model, version),
  foreign key (model, version) references model_version (model, version)
);

create function archived_version_is_free() returns trigger language plpgsql as $$
begin
  if exists (select from model_alias a where a.model = new.model and a.version = new.version) then
    raise exception 'version % of % holds an alias and cannot be archived', new.version, new.model using errcode = 'restrict_violation';
  end if;
  if exists (select from experiment_arm a join experiment x on x.model = a.model and x.name = a.experiment
             where a.model = new.model and a.version = new.version and x.status = 'running') then
    raise exception 'version % of % is compared by an experiment and cannot be archived', new.version, new.model
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger archived_version_is_free before insert or update on archived_version
  for each row execute function archived_version_is_free();

create function model_alias_stands_on_no_archived() returns trigger language plpgsql as $$
begin
  if exists (select from archived_version v where v.model = new.model and v.version = new.version) then
    raise exception 'version % of % is archived and takes no alias', new.version, new.model using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger model_alias_stands_on_no_archived before insert or update on model_alias
  for each row execute function model_alias_stands_on_no_archived();
`;

// Who works on a request holds its claim until the time given, and says so again and again; a claim that ran out is anybody's.
const idempotencyKey = `
create table idempotency_key (
  caller text not null,
  key text not null check (key <> ''),
  method text not null check (method <> ''),
  request_digest sha256_digest not null,
  first_at timestamptz(3) not null,
  claim uuid not null,
  claimed_until timestamptz(3) not null,
  response bytea,
  primary key (caller, key)
);
create index idempotency_key_oldest on idempotency_key (first_at);
`;
