import { Migration } from '@mikro-orm/migrations';

// Whoever waits for a run ends with the exit code of what failed: bad input is another one than a disk that is full.

export class Migration0011RunErrorCode extends Migration {
  override up(): void {
    this.addSql('alter table training_run add column error_code text');
  }
}
