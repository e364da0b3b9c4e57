import { Migration } from '@mikro-orm/migrations';

// Which artifacts are a version's report. Made after the version and, by a newer Holdfast, made anew in another format: so a table
// of its own beside the version's row, which never changes.

export class Migration0002ModelReport extends Migration {
  override up(): void {
    this.addSql(modelReport);
  }
}

const modelReport = `
create table model_report (
  model model_name not null,
  version integer not null,
  format integer not null check (format >= 1),
  json_digest sha256_digest not null,
  html_digest sha256_digest not null,
  created_at timestamptz(3) not null default now(),
  primary key (model, version),
  foreign key (model, version) references model_version (model, version)
);
`;
