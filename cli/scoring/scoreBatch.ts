import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { PredictResponse } from '../../proto/gen/holdfast/v1/prediction.ts';
import type { ParsedRow, RowAnswer, RowFault, ScoredRow } from './ScoredRow.ts';

export type Predict = (instances: readonly ParsedRow['instance'][]) => Promise<PredictResponse>;

/**
 * Scores the rows that have no faults. Where the server refuses some, they get its faults and the others are sent again,
 * until every fault is known: an answer may have no room for all of them.
 * @throws HoldfastError what the server answered, where that is not about rows.
 */
export async function scoreBatch(rows: readonly ParsedRow[], predict: Predict): Promise<ScoredRow[]> {
  const faults = new Map<ParsedRow, readonly RowFault[]>(
    rows.filter(row => row.faults.length > 0).map(row => [row, row.faults]),
  );
  const answers = new Map<ParsedRow, RowAnswer>();
  for (;;) {
    const sent = rows.filter(row => !faults.has(row));
    if (sent.length === 0) break;
    try {
      const { predictions, probabilities } = await predict(sent.map(({ instance }) => instance));
      if (predictions.length !== sent.length || probabilities.length !== sent.length)
        throw new HoldfastError(
          'internal',
          `The inference server answered ${predictions.length} labels and ${probabilities.length} probabilities to ${sent.length} rows.`,
        );
      for (const [index, row] of sent.entries())
        answers.set(row, { probability: probabilities[index], label: predictions[index] });
      break;
    } catch (error) {
      const refused = refusedRows(error, sent);
      if (refused.size === 0) throw error;
      for (const [row, found] of refused) faults.set(row, found);
    }
  }
  return rows.map(row => ({
    source: row.source,
    answer: answers.get(row) ?? null,
    faults: faults.get(row) ?? [],
  }));
}

function refusedRows(error: unknown, sent: readonly ParsedRow[]): Map<ParsedRow, RowFault[]> {
  const refused = new Map<ParsedRow, RowFault[]>();
  if (!(error instanceof HoldfastError) || error.code !== 'invalidArgument') return refused;
  for (const { field, description } of error.violations) {
    const [, index, column] = /^instances\[(\d+)\](?:\.(.*))?$/s.exec(field) ?? [];
    const row = index === undefined ? undefined : sent[Number(index)];
    if (row === undefined) continue;
    const fault = { row: row.source.row, line: row.source.line, column, description };
    refused.set(row, [...(refused.get(row) ?? []), fault]);
  }
  return refused;
}
