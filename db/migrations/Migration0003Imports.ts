import { Migration } from '@mikro-orm/migrations';

/** A run may also be the import of a model file that was made elsewhere. */
export class Migration0003Imports extends Migration {
  override up(): void {
    this.addSql(`
      alter table training_run drop constraint training_run_kind_check;
      alter table training_run add constraint training_run_kind_check check (kind in ('trainModel', 'importModel'));
    `);
  }
}
