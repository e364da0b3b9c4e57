import { Migration } from '@mikro-orm/migrations';

// What lists need to read no more than a page: a row a customer, in place of looking for the newest among all its submissions, and
// an index that has the audit log's targets in the order of bytes, as lists compare.

export class Migration0013Lists extends Migration {
  override up(): void {
    this.addSql(customer);
    this.addSql(auditTarget);
  }
}

// Text is "C" throughout, so that one index gives both a customer by its key and the order of the list.
const customer = `
create table customer (
  model model_name collate "C" not null,
  unit_key text collate "C" not null check (unit_key <> ''),
  submission_count integer not null check (submission_count >= 1),
  submitted_at timestamptz(3) not null,
  prediction_id uuid not null references production_row,
  primary key (model, unit_key)
);
insert into customer
  select model, unit_key, count(*), max(at), (array_agg(prediction_id order by at desc, prediction_id desc))[1]
  from production_row group by model, unit_key;
create index customer_newest on customer (submitted_at desc, model desc, unit_key desc);
create index customer_of_model_newest on customer (model, submitted_at desc, unit_key desc);
`;

const auditTarget = `
drop index audit_event_of_target;
create index audit_event_of_target on audit_event (target collate "C", id);
`;
