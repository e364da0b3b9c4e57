import { Migration } from '@mikro-orm/migrations';

// What inference answered, and to whom an experiment's arm was shown. Predictions come by the million and go by the day: a
// partition each, made and dropped by whoever ships them (db/predictions/). Rows come out of spools, perhaps twice and in any
// order, so that each has a key by which the second is known.

export class Migration0007Predictions extends Migration {
  override up(): void {
    this.addSql(prediction);
    this.addSql(exposure);
    this.addSql(productionRow);
  }
}

// A call's id, the place of the instance in it, and whether it was the shadow's name a prediction; the time is in the key because
// PostgreSQL wants the partition's column there. No foreign key: only loaded versions answer, and a look-up for each of thousands a second would prove nothing else.
const prediction = `
create table prediction (
  id uuid not null,
  instance integer not null check (instance >= 0),
  at timestamptz(3) not null,
  model model_name not null,
  version integer not null check (version >= 1),
  unit_key text check (unit_key <> ''),
  kind text not null check (kind in ('answer', 'fallback', 'override', 'shadow')),
  experiment experiment_name,
  arm arm_name,
  probability double precision not null check (probability between 0 and 1),
  label text not null,
  threshold double precision not null check (threshold between 0 and 1),
  primary key (id, instance, kind, at),
  constraint prediction_arm_is_of_an_experiment check ((experiment is null) = (arm is null)),
  constraint prediction_only_answers_without_experiment check (experiment is not null or kind = 'answer'),
  constraint prediction_unit_of_an_experiment check (experiment is null or unit_key is not null or kind = 'override')
) partition by range (at);
`;

const exposure = `
create table exposure (
  model model_name not null,
  experiment experiment_name not null,
  unit_key text not null check (unit_key <> ''),
  arm arm_name not null,
  version integer not null,
  prediction_id uuid not null,
  at timestamptz(3) not null,
  primary key (model, experiment, unit_key),
  foreign key (model, version) references model_version (model, version)
);
create index exposure_oldest on exposure (at);
`;

// Kept for as long as its outcome may come: it is what a model will be trained on again.
const productionRow = `
create table production_row (
  prediction_id uuid primary key,
  at timestamptz(3) not null,
  model model_name not null,
  version integer not null,
  unit_key text not null check (unit_key <> ''),
  experiment experiment_name,
  arm arm_name,
  features json not null check (json_typeof(features) = 'object'),
  probability double precision not null check (probability between 0 and 1),
  label text not null,
  threshold double precision not null check (threshold between 0 and 1),
  foreign key (model, version) references model_version (model, version),
  constraint production_row_arm_is_of_an_experiment check ((experiment is null) = (arm is null))
);
create index production_row_of_unit on production_row (model, unit_key, at);
`;
