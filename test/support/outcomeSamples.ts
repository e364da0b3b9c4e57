import { Client } from 'pg';
import { insertPredictions } from '../../db/predictions/insertPredictions.ts';
import type { Prediction } from '../../db/predictions/Prediction.ts';
import type { OutcomeReport } from '../../proto/gen/holdfast/v1/outcome.ts';
import type { ControlWorld } from './withControl.ts';

// Reports of outcomes, and predictions as they come to the database.

export const report = (changes: Partial<OutcomeReport>): OutcomeReport => ({
  unitKey: '',
  predictionId: '',
  instance: 0,
  outcome: 'Yes',
  observedTime: undefined,
  ...changes,
});

/** As a spool ships them. */
export async function ship({ databaseUrl }: ControlWorld, predictions: readonly Prediction[]): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await insertPredictions(client, predictions);
  } finally {
    await client.end();
  }
}
