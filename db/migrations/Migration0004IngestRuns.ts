import { Migration } from '@mikro-orm/migrations';

// Taking data in is a run of its own. Its result says whether the data was new; the dataset version itself is attached as to any
// run.

export class Migration0004IngestRuns extends Migration {
  override up(): void {
    this.addSql('alter table training_run drop constraint training_run_kind_check');
    this.addSql(
      "alter table training_run add constraint training_run_kind_check check (kind in ('trainModel', 'importModel', 'ingestDataset'))",
    );
  }
}
