import { readListQuery } from '../../platform/listing/readListQuery.ts';
import type { Database } from '../Database.ts';
import { OutcomeEntity } from '../entities/OutcomeEntity.ts';
import { PredictionEntity } from '../entities/PredictionEntity.ts';
import { ProductionRowEntity } from '../entities/ProductionRowEntity.ts';
import type { Customer } from './Customer.ts';
import { customerList } from './customerList.ts';
import { listCustomers } from './listCustomers.ts';

/** Of each list of one customer. */
const SHOWN = 100;

/** All that is known of a customer by its key; empty where nothing is. */
export async function getCustomer(database: Database, model: string, unitKey: string): Promise<Customer> {
  const request = { pageSize: 1, pageToken: '', filter: '', orderBy: '' };
  const {
    items: [summary = null],
  } = await listCustomers(database, readListQuery(customerList, request, { model, unit_key: unitKey }));
  return database.read(async manager => {
    const rows = await manager.find(
      ProductionRowEntity,
      { model, unitKey },
      { orderBy: { at: 'desc', predictionId: 'desc' }, limit: SHOWN },
    );
    const predictions = await manager.find(
      PredictionEntity,
      { model, unitKey },
      { orderBy: { at: 'desc', id: 'desc', instance: 'asc' }, limit: SHOWN },
    );
    // An outcome may have been told of the customer or of any of its predictions.
    const ids = [...new Set([...rows.map(row => row.predictionId), ...predictions.map(({ id }) => id)])];
    const outcomes = await manager.find(
      OutcomeEntity,
      { model, $or: [{ unitKey }, { predictionId: { $in: ids } }] },
      { orderBy: { recordedAt: 'desc', id: 'desc' } },
    );
    const places = new Set(predictions.map(({ id, instance }) => `${id} ${instance}`));
    for (const { predictionId } of rows) places.add(`${predictionId} 0`);
    return {
      summary,
      submissions: rows.map(({ predictionId, at, features }) => ({ predictionId, at, features })),
      predictions: predictions.map(row => ({
        id: row.id,
        instance: row.instance,
        at: row.at,
        version: row.version,
        kind: row.kind,
        probability: Number(row.probability),
        label: row.label,
        threshold: Number(row.threshold),
        experiment: row.experiment ?? null,
        arm: row.arm ?? null,
      })),
      outcomes: outcomes
        .filter(row => row.predictionId == null || places.has(`${row.predictionId} ${row.instance}`))
        .map(row => ({
          unitKey: row.unitKey ?? null,
          predictionId: row.predictionId ?? null,
          instance: row.instance ?? null,
          revision: row.revision,
          outcome: row.outcome,
          positive: row.positive,
          observedAt: row.observedAt,
          recordedAt: row.recordedAt,
          actor: row.actor,
        })),
    };
  });
}
