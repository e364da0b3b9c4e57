import { Migration } from '@mikro-orm/migrations';

// A/B experiments: who is in which arm, and every change of that. An allocation is kept with the event that made it, for it
// follows from the one before and not from the weights alone (ml/experiments/allocateBuckets.ts).

export class Migration0006Experiments extends Migration {
  override up(): void {
    this.addSql(experiment);
    this.addSql(arm);
    this.addSql(event);
    this.addSql(rules);
  }
}

const immutable = (table: string): string => `
create trigger ${table}_immutable before update or delete on ${table} for each row execute function refuse_change();
create trigger ${table}_not_truncated before truncate on ${table} for each statement execute function refuse_change();
`;

// A name that begins with ab-default is of the experiment that AB_ENABLED makes of Production and Staging.
const experiment = `
create domain experiment_name as text check (value ~ '^[a-z][a-z0-9-]{0,62}$');
create domain arm_name as text check (value ~ '^[A-Za-z][A-Za-z0-9_-]{0,62}$');

create table experiment (
  model model_name not null,
  name experiment_name not null check (name !~ '^ab-default'),
  salt text not null check (salt ~ '^[A-Za-z0-9._:/-]{1,200}$'),
  status text not null check (status in ('running', 'stopped')),
  revision integer not null check (revision >= 1),
  started_at timestamptz(3) not null,
  ended_at timestamptz(3),
  primary key (model, name),
  constraint experiment_end_is_dated check ((status = 'running') = (ended_at is null)),
  constraint experiment_end_follows_start check (ended_at >= started_at)
);
create unique index experiment_one_runs on experiment (model) where status = 'running';
create index experiment_newest on experiment (started_at desc, model, name);
`;

const arm = `
create table experiment_arm (
  model model_name not null,
  experiment experiment_name not null,
  place smallint not null check (place >= 0),
  name arm_name not null,
  version integer,
  alias alias_name,
  shadow boolean not null,
  primary key (model, experiment, place),
  unique (model, experiment, name),
  foreign key (model, experiment) references experiment (model, name) deferrable initially deferred,
  foreign key (model, version) references model_version (model, version),
  constraint experiment_arm_is_one_version check ((version is null) <> (alias is null))
);
create unique index experiment_arm_one_shadow on experiment_arm (model, experiment) where shadow;
${immutable('experiment_arm')}
`;

const event = `
create table experiment_event (
  model model_name not null,
  experiment experiment_name not null,
  revision integer not null check (revision >= 1),
  kind text not null check (kind in ('start', 'adjust', 'stop')),
  allocation json not null check (json_typeof(allocation) = 'array'),
  actor text not null check (actor <> ''),
  reason text not null,
  at timestamptz(3) not null,
  primary key (model, experiment, revision),
  foreign key (model, experiment) references experiment (model, name) deferrable initially deferred,
  constraint experiment_event_first_starts check ((revision = 1) = (kind = 'start'))
);
${immutable('experiment_event')}
alter table experiment add constraint experiment_has_its_event
  foreign key (model, name, revision) references experiment_event (model, experiment, revision) deferrable initially deferred;
`;

const rules = `
create trigger experiment_not_removed before delete on experiment for each row execute function refuse_change();
create trigger experiment_not_truncated before truncate on experiment for each statement execute function refuse_change();

create function experiment_moves_forward() returns trigger language plpgsql as $$
begin
  if old.status <> 'running' then
    raise exception 'experiment % of % has stopped: it never changes again', old.name, old.model using errcode = 'restrict_violation';
  end if;
  if (new.model, new.name, new.salt, new.started_at, new.revision)
    is distinct from (old.model, old.name, old.salt, old.started_at, old.revision + 1) then
    raise exception 'experiment % of % must go from revision % to the next, and keeps its salt', old.name, old.model, old.revision
      using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger experiment_moves_forward before update on experiment
  for each row execute function experiment_moves_forward();

create function experiment_event_is_whole() returns trigger language plpgsql as $$
declare
  next_bucket integer := 0;
  bucket_range record;
begin
  for bucket_range in
    select r.arm, r.from_bucket, r.to_bucket, a.shadow
    from json_array_elements(new.allocation) with ordinality as e (value, place),
      lateral (select value ->> 'arm' as arm, (value ->> 'from')::integer as from_bucket, (value ->> 'to')::integer as to_bucket) r
      left join experiment_arm a on a.model = new.model and a.experiment = new.experiment and a.name = r.arm
    order by e.place
  loop
    if bucket_range.shadow is distinct from false or bucket_range.from_bucket is distinct from next_bucket
       or bucket_range.to_bucket is null or bucket_range.to_bucket <= next_bucket then
      raise exception 'the allocation of experiment % of % does not give each of the 10000 buckets to one of its answering arms',
        new.experiment, new.model using errcode = 'check_violation';
    end if;
    next_bucket := bucket_range.to_bucket;
  end loop;
  if next_bucket <> 10000 then
    raise exception 'the allocation of experiment % of % does not give each of the 10000 buckets to one of its answering arms',
      new.experiment, new.model using errcode = 'check_violation';
  end if;
  if not exists (select from experiment x where x.model = new.model and x.name = new.experiment and x.revision >= new.revision
                 and (new.kind <> 'stop' or x.status = 'stopped')) then
    raise exception 'event % did not change experiment % of %', new.revision, new.experiment, new.model
      using errcode = 'restrict_violation';
  end if;
  return null;
end
$$;
create constraint trigger experiment_event_is_whole after insert on experiment_event deferrable initially deferred
  for each row execute function experiment_event_is_whole();

create function notify_experiment() returns trigger language plpgsql as $$
begin
  perform pg_notify('holdfast_experiment', json_build_object('model', new.model, 'experiment', new.name)::text);
  return null;
end
$$;
create trigger experiment_notifies after insert or update on experiment for each row execute function notify_experiment();
`;
