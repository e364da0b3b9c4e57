import { Migration } from '@mikro-orm/migrations';

// Which models were taken out of service by the Open Inference Protocol, so that every inference process hears of it, also one
// that starts later. A promotion is somebody's newer word and takes the model back.

export class Migration0012UnloadedModels extends Migration {
  override up(): void {
    this.addSql(unloadedModel);
    this.addSql(promotionTakesBack);
  }
}

const unloadedModel = `
create table unloaded_model (
  model model_name primary key,
  at timestamptz(3) not null default now()
);
create function notify_unloaded_model() returns trigger language plpgsql as $$
begin
  perform pg_notify('holdfast_alias', json_build_object('model', coalesce(new.model, old.model))::text);
  return null;
end $$;
create trigger unloaded_model_notifies after insert or delete on unloaded_model
  for each row execute function notify_unloaded_model();
`;

const promotionTakesBack = `
create function take_back_unloaded_model() returns trigger language plpgsql as $$
begin
  delete from unloaded_model where model = new.model;
  return null;
end $$;
create trigger model_alias_takes_back after insert or update of version on model_alias
  for each row when (new.alias = 'production') execute function take_back_unloaded_model();
`;
