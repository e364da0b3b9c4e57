import { heartbeat } from '@temporalio/activity';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { splitTable } from '../../ml/dataset/splitTable.ts';
import { decodeTable } from '../../ml/dataset/tableCodec.ts';
import type { Column, Table } from '../../ml/dataset/Table.ts';
import { foreignTrainersOf } from '../../ml/definition/foreignTrainersOf.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { formatCsvRow } from '../../platform/tabular/formatCsvRow.ts';
import type { TrainerRequest } from '../../platform/trainerContract.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { readDefinition } from '../runs/readDefinition.ts';
import { withPulse } from '../withPulse.ts';
import { exchangeFolder } from './exchangeFolder.ts';

interface HandOverInput {
  readonly runId: string;
  readonly trainer: string;
  /** Artifact digests. */
  readonly definition: string;
  readonly table: string;
}

const CHUNK_ROWS = 1000;

/**
 * Writes what a trainer that is not ours is given: the training part as CSV and the fold of each row. The holdout stays here. The
 * same run writes the same files again.
 */
export const createHandOver =
  ({ artifacts, home }: Pick<ActivityPorts, 'artifacts' | 'home'>) =>
  (input: HandOverInput): Promise<TrainerRequest> =>
    withPulse(heartbeat, async () => {
      const definition = await readDefinition(artifacts, input.definition);
      const trainer = foreignTrainersOf(definition).find(({ name }) => name === input.trainer);
      if (trainer === undefined) throw new TypeError(`the definition names no trainer ${input.trainer}`);
      const table = decodeTable(await artifacts.get(input.table));
      const { train, foldOf } = splitTable(table, { ...definition.split, seed: definition.seed });
      const folder = exchangeFolder(home, input.runId, trainer.name);
      const output = join(folder, 'output');
      await rm(output, { recursive: true, force: true });
      await mkdir(output, { recursive: true, mode: 0o700 });
      const { columns, label, split } = definition;
      return {
        contract: 1,
        model: definition.name,
        trainer: trainer.name,
        dataset: {
          ...(await write(join(folder, 'dataset.csv'), datasetLines(table, train, label))),
          rows: train.length,
          format: 'csv',
        },
        folds: {
          ...(await write(join(folder, 'folds.csv'), foldLines(foldOf))),
          count: split.folds,
          format: 'csv',
        },
        columns: table.columns.map(({ name, kind }) => ({
          name,
          kind,
          missing: columns[name]?.missing ?? 'reject',
        })),
        label,
        seed: definition.seed,
        parameters: trainer.parameters,
        output: pathToFileURL(output).href,
      };
    });

async function write(path: string, lines: Iterable<string>): Promise<{ uri: string; digest: string }> {
  const hash = createHash('sha256');
  const digested = function* (): Generator<string> {
    for (const text of lines) {
      hash.update(text);
      yield text;
    }
  };
  await pipeline(Readable.from(digested()), createWriteStream(path, { mode: 0o600 }));
  return { uri: pathToFileURL(path).href, digest: hash.digest('hex') };
}

function* datasetLines(
  { columns, labels }: Table,
  rows: Int32Array,
  label: ProjectDefinition['label'],
): Generator<string> {
  let chunk = formatCsvRow([...columns.map(({ name }) => name), label.column]);
  for (const [place, row] of rows.entries()) {
    const outcome = labels[row] === 1 ? label.positive : label.negative;
    chunk += formatCsvRow([...columns.map(column => textOf(column, row)), outcome]);
    if ((place + 1) % CHUNK_ROWS !== 0) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** A float32 as the shortest decimal of the float64 that it is: reading it gives back what is served, to the bit. */
function textOf(column: Column, row: number): string {
  if (column.kind === 'category') return column.codes[row] < 0 ? '' : column.levels[column.codes[row]];
  const value = column.values[row];
  return Number.isNaN(value) ? '' : String(value);
}

function* foldLines(foldOf: Uint8Array): Generator<string> {
  yield 'fold\n';
  for (let start = 0; start < foldOf.length; start += CHUNK_ROWS)
    yield `${foldOf.subarray(start, start + CHUNK_ROWS).join('\n')}\n`;
}
