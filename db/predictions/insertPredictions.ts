import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { storableJson, storableText } from '../storable.ts';
import type { Prediction } from './Prediction.ts';
import { preparePartitions } from './preparePartitions.ts';

// The one writer of predictions, exposures, production rows and customers. The rows of a spool come by COPY into a table of this session
// and from there to their places, in one transaction. They may come again, after a crash between this and the spool's end, and
// in any order, from any process: each place has a key by which what is there already stays, and a unit's exposure is the
// earliest of all, whoever brings it when.

/** @param client a connection that is no pool's: its temporary table is this function's own */
export async function insertPredictions(client: Client, predictions: readonly Prediction[]): Promise<void> {
  await client.query('begin');
  try {
    await client.query(shipped);
    await preparePartitions(
      client,
      predictions.map(({ at }) => at),
    );
    await pipeline(Readable.from(toCopy(predictions)), client.query(copyFrom(copy)));
    for (const statement of distribute) await client.query(statement);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

const columns =
  'id, instance, at, model, version, unit_key, kind, experiment, arm, probability, label, threshold';

const shipped = `
create temporary table if not exists shipped (
  id uuid, instance integer, at timestamptz(3), model text, version integer, unit_key text, kind text, experiment text,
  arm text, probability double precision, label text, threshold double precision, features json
) on commit delete rows`;

const copy = `copy shipped (${columns}, features) from stdin`;

// Ordered by key, so that two processes with the same units wait for one another and do not lock each other out.
const distribute = [
  `insert into prediction (${columns}) select ${columns} from shipped on conflict do nothing`,
  `insert into exposure as e (model, experiment, unit_key, arm, version, prediction_id, at)
   select distinct on (model, experiment, unit_key) model, experiment, unit_key, arm, version, id, at
   from shipped where kind = 'answer' and experiment is not null and unit_key is not null
   order by model, experiment, unit_key, at, id
   on conflict (model, experiment, unit_key) do update
     set arm = excluded.arm, version = excluded.version, prediction_id = excluded.prediction_id, at = excluded.at
     where (excluded.at, excluded.prediction_id) < (e.at, e.prediction_id)`,
  `with submission as (
     insert into production_row
       (prediction_id, at, model, version, unit_key, experiment, arm, features, probability, label, threshold)
     select id, at, model, version, unit_key, experiment, arm, features, probability, label, threshold
     from shipped where features is not null order by id on conflict do nothing
     returning model, unit_key, at, prediction_id)
   insert into customer as c (model, unit_key, submission_count, submitted_at, prediction_id)
   select distinct on (model, unit_key) model, unit_key, count(*) over (partition by model, unit_key), at, prediction_id
   from submission order by model, unit_key, at desc, prediction_id desc
   on conflict (model, unit_key) do update set submission_count = c.submission_count + excluded.submission_count,
     (submitted_at, prediction_id) = (
       select n.at, n.id from (values (c.submitted_at, c.prediction_id), (excluded.submitted_at, excluded.prediction_id)) as n (at, id)
       order by n.at desc, n.id desc limit 1)`,
];

/** COPY's text format: a tab between values, a line a row, \N for null. */
function* toCopy(predictions: readonly Prediction[]): Generator<string> {
  let text = '';
  for (const row of predictions) {
    const {
      id,
      instance,
      at,
      model,
      version,
      unitKey,
      kind,
      experiment,
      arm,
      probability,
      label,
      threshold,
    } = row;
    text += [
      id,
      instance,
      new Date(at).toISOString(),
      model,
      version,
      escape(unitKey),
      kind,
      experiment ?? '\\N',
      arm ?? '\\N',
      probability,
      escape(label),
      threshold,
      escape(row.features === null ? null : JSON.stringify(storableJson(row.features))),
    ].join('\t');
    text += '\n';
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

const CHUNK = 65_536;

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (text: string | null): string =>
  text === null ? '\\N' : storableText(text).replaceAll(/[\\\n\r\t]/g, character => escapes[character]);
