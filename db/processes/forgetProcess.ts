import type { Database } from '../Database.ts';
import { InferenceProcessEntity } from '../entities/InferenceProcessEntity.ts';

/** What an inference process does when it ends: nobody waits for it any more. */
export const forgetProcess = (database: Database, processId: string): Promise<void> =>
  database.write(async manager => {
    await manager.nativeDelete(InferenceProcessEntity, { processId });
  });
