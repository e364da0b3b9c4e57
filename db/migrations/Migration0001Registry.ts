import { Migration } from '@mikro-orm/migrations';

// The registry: dataset versions, training runs, model versions, aliases with their history, and what inference serves. What
// must hold is a constraint, not a convention. A migration that was released never changes; a later one follows it.

export class Migration0001Registry extends Migration {
  override up(): void {
    this.addSql(domains);
    this.addSql(refuseChange);
    this.addSql(datasetVersion);
    this.addSql(trainingRun);
    this.addSql(modelVersion);
    this.addSql(aliasEvent);
    this.addSql(modelAlias);
    this.addSql(aliasRules);
    this.addSql(inferenceProcess);
  }
}

const domains = `
create domain sha256_digest as text check (value ~ '^[0-9a-f]{64}$');
create domain model_name as text check (value ~ '^[a-z][a-z0-9-]{0,62}$');
create domain alias_name as text check (value in ('production', 'staging'));
`;

const refuseChange = `
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: its rows never change', lower(tg_op), tg_table_name using errcode = 'restrict_violation';
end
$$;
`;

const immutable = (table: string): string => `
create trigger ${table}_immutable before update or delete on ${table} for each row execute function refuse_change();
create trigger ${table}_not_truncated before truncate on ${table} for each statement execute function refuse_change();
`;

// json, not jsonb: it keeps the order of keys, which for a definition, schema or profile is the order of the columns.
// (model, id) is unique besides id, so that what belongs to a model can only refer to what belongs to the same model.

const datasetVersion = `
create table dataset_version (
  id integer generated always as identity primary key,
  model model_name not null,
  version integer not null check (version >= 1),
  digest sha256_digest not null,
  schema_digest sha256_digest not null,
  table_digest sha256_digest not null,
  source_artifact sha256_digest not null,
  source text not null check (source <> ''),
  source_rows integer not null check (source_rows >= 0),
  rows integer not null check (rows >= 0),
  quarantined integer not null check (quarantined >= 0),
  quarantine_file text,
  schema json not null check (json_typeof(schema) = 'object'),
  profile json not null check (json_typeof(profile) = 'object'),
  violations json not null check (json_typeof(violations) = 'array'),
  created_at timestamptz(3) not null default now(),
  unique (model, version),
  unique (model, digest, schema_digest),
  unique (model, id),
  constraint dataset_version_rows_reconcile check (rows + quarantined = source_rows),
  constraint dataset_version_quarantine_is_kept check ((quarantined = 0) = (quarantine_file is null))
);
${immutable('dataset_version')}
`;

const trainingRun = `
create table training_run (
  id text primary key check (id <> ''),
  workflow_id text not null check (workflow_id <> ''),
  model model_name not null,
  kind text not null check (kind in ('trainModel')),
  trigger text not null check (trigger <> ''),
  status text not null default 'running' check (status in ('running', 'succeeded', 'failed', 'cancelled')),
  stage text not null default '',
  error text,
  input json not null check (json_typeof(input) = 'object'),
  definition json not null check (json_typeof(definition) = 'object'),
  definition_digest sha256_digest not null,
  seed bigint not null check (seed between 0 and 4294967295),
  dataset_version_id integer,
  result json check (json_typeof(result) = 'object'),
  started_at timestamptz(3) not null default now(),
  finished_at timestamptz(3),
  unique (model, id),
  foreign key (model, dataset_version_id) references dataset_version (model, id),
  constraint training_run_end_is_dated check ((status = 'running') = (finished_at is null)),
  constraint training_run_end_follows_start check (finished_at >= started_at),
  constraint training_run_failure_is_explained check (status <> 'failed' or error <> '' and error is not null),
  constraint training_run_success_has_result check ((status = 'succeeded') = (result is not null))
);
create function training_run_ends_once() returns trigger language plpgsql as $$
begin
  raise exception 'run % has %: it never changes again', old.id, old.status using errcode = 'restrict_violation';
end
$$;
create trigger training_run_ends_once before update on training_run
  for each row when (old.status <> 'running') execute function training_run_ends_once();
create index training_run_newest on training_run (started_at desc, id);
create index training_run_newest_of_model on training_run (model, started_at desc, id);
create index training_run_newest_of_workflow on training_run (workflow_id, started_at desc);
`;

const modelVersion = `
create table model_version (
  id integer generated always as identity primary key,
  model model_name not null,
  version integer not null check (version >= 1),
  run_id text not null,
  trainer text not null check (trainer <> ''),
  digest sha256_digest not null,
  dataset_version_id integer not null,
  definition_digest sha256_digest not null,
  threshold double precision not null check (threshold between 0 and 1),
  metrics json not null check (json_typeof(metrics) = 'object'),
  cross_validation json not null check (json_typeof(cross_validation) = 'object'),
  signature json not null check (json_typeof(signature) = 'object'),
  parameters json not null check (json_typeof(parameters) = 'object'),
  seconds double precision not null check (seconds >= 0 and seconds < 'infinity'),
  created_at timestamptz(3) not null default now(),
  unique (model, version),
  unique (run_id, trainer),
  foreign key (model, run_id) references training_run (model, id),
  foreign key (model, dataset_version_id) references dataset_version (model, id)
);
${immutable('model_version')}
`;

// Event n of an alias starts at the version where event n − 1 ended: previous_revision makes that a foreign key.
const aliasEvent = `
create table alias_event (
  id integer generated always as identity primary key,
  model model_name not null,
  alias alias_name not null,
  revision integer not null check (revision >= 1),
  from_version integer,
  to_version integer not null,
  actor text not null check (actor <> ''),
  reason text not null,
  operation_id text not null check (operation_id <> ''),
  at timestamptz(3) not null,
  previous_revision integer generated always as (nullif(revision, 1) - 1) stored,
  unique (operation_id),
  unique (model, alias, revision),
  unique (model, alias, revision, to_version),
  foreign key (model, from_version) references model_version (model, version),
  foreign key (model, to_version) references model_version (model, version),
  constraint alias_event_follows_the_one_before
    foreign key (model, alias, previous_revision, from_version) references alias_event (model, alias, revision, to_version),
  constraint alias_event_first_comes_from_nowhere check ((revision = 1) = (from_version is null)),
  constraint alias_event_moves check (from_version <> to_version)
);
${immutable('alias_event')}
`;

// The primary key is the rule that a model has exactly one Production. The deferred foreign key is the rule that an alias
// stands where its newest event put it.
const modelAlias = `
create table model_alias (
  model model_name not null,
  alias alias_name not null,
  version integer not null,
  revision integer not null check (revision >= 1),
  changed_at timestamptz(3) not null,
  primary key (model, alias),
  foreign key (model, version) references model_version (model, version),
  constraint model_alias_has_its_event
    foreign key (model, alias, revision, version) references alias_event (model, alias, revision, to_version)
    deferrable initially deferred
);
create trigger model_alias_not_removed before delete on model_alias for each row execute function refuse_change();
create trigger model_alias_not_truncated before truncate on model_alias for each statement execute function refuse_change();
`;

const aliasRules = `
create function model_alias_moves_forward() returns trigger language plpgsql as $$
begin
  if (new.model, new.alias, new.revision) is distinct from (old.model, old.alias, old.revision + 1) then
    raise exception 'alias % of % must go from revision % to the next', old.alias, old.model, old.revision
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger model_alias_moves_forward before update on model_alias
  for each row execute function model_alias_moves_forward();

create function alias_event_is_applied() returns trigger language plpgsql as $$
begin
  if not exists (select from model_alias a where a.model = new.model and a.alias = new.alias and a.revision >= new.revision) then
    raise exception 'event % of alias % of % did not move the alias', new.revision, new.alias, new.model
      using errcode = 'restrict_violation';
  end if;
  if exists (select from alias_event e where e.model = new.model and e.alias = new.alias
             and e.revision = new.previous_revision and e.at >= new.at) then
    raise exception 'event % of alias % of % is not later than the one before', new.revision, new.alias, new.model
      using errcode = 'restrict_violation';
  end if;
  return null;
end
$$;
create constraint trigger alias_event_is_applied after insert on alias_event deferrable initially deferred
  for each row execute function alias_event_is_applied();

create function notify_alias() returns trigger language plpgsql as $$
begin
  perform pg_notify('holdfast_alias', json_build_object('model', new.model, 'alias', new.alias, 'version', new.version)::text);
  return null;
end
$$;
create trigger model_alias_notifies after insert or update on model_alias for each row execute function notify_alias();
`;

// That a process lives and what it has loaded are two facts: one that has loaded nothing is waited for all the same.
const inferenceProcess = `
create table inference_process (
  process_id text primary key check (process_id <> ''),
  reported_at timestamptz(3) not null default now()
);

create table inference_model (
  process_id text not null references inference_process on delete cascade,
  model model_name not null,
  version integer not null,
  digest sha256_digest not null,
  state text not null check (state in ('ready', 'failed')),
  error text,
  loaded_at timestamptz(3) not null default now(),
  primary key (process_id, model),
  foreign key (model, version) references model_version (model, version),
  constraint inference_model_failure_is_explained check ((state = 'failed') = (error is not null))
);
`;
