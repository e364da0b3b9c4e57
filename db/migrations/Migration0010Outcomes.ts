import { Migration } from '@mikro-orm/migrations';

// What truly became of customers, and what drift is measured from. An outcome is about a customer or about one prediction, as it was
// reported: it may come before the prediction is shipped, so that nothing refers to predictions here. A report that differs from the
// one before is the next revision; none is ever changed.

export class Migration0010Outcomes extends Migration {
  override up(): void {
    this.addSql(outcome);
    this.addSql(driftBaseline);
  }
}

const immutable = (table: string): string => `
create trigger ${table}_immutable before update or delete on ${table} for each row execute function refuse_change();
create trigger ${table}_not_truncated before truncate on ${table} for each statement execute function refuse_change();
`;

const outcome = `
create table outcome (
  id bigint generated always as identity primary key,
  model model_name not null,
  unit_key text check (unit_key <> ''),
  prediction_id uuid,
  instance integer check (instance >= 0),
  revision integer not null check (revision >= 1),
  outcome text not null check (outcome <> ''),
  positive boolean not null,
  observed_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  actor text not null check (actor <> ''),
  constraint outcome_is_of_a_unit_or_a_prediction check ((unit_key is null) <> (prediction_id is null)),
  constraint outcome_of_a_prediction_has_its_instance check ((prediction_id is null) = (instance is null))
);
create unique index outcome_of_unit on outcome (model, unit_key, revision) where unit_key is not null;
create unique index outcome_of_prediction on outcome (prediction_id, instance, model, revision) where prediction_id is not null;
${immutable('outcome')}
create index prediction_of_unit on prediction (model, unit_key, at) where unit_key is not null;
`;

const driftBaseline = `
create table drift_baseline (
  model model_name not null,
  version integer not null,
  revision integer not null check (revision >= 1),
  dataset_version_id integer not null,
  actor text not null check (actor <> ''),
  reason text not null,
  at timestamptz(3) not null,
  primary key (model, version, revision),
  foreign key (model, version) references model_version (model, version),
  foreign key (model, dataset_version_id) references dataset_version (model, id)
);
${immutable('drift_baseline')}
`;
