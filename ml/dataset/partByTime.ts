import { HELD_OUT } from './heldOut.ts';
import type { EventTime } from './Table.ts';

// The split by time: the latest rows are the holdout, and the rest is cut into as many periods as there are folds. Rows of one
// moment stay together, so that a batch that arrived at once is never on both sides of a cut. Why the folds are periods and not
// windows that expand: docs/decisions/0020-splitting-by-time.md.

/**
 * @returns the fold of each row, 0 for the earliest period, or HELD_OUT
 * @throws RangeError where there are no event times, too few different ones, or a part without one of the classes
 */
export function partByTime(
  labels: Uint8Array,
  eventTime: EventTime | undefined,
  { holdoutShare, folds }: { readonly holdoutShare: number; readonly folds: number },
): Uint8Array {
  if (eventTime === undefined)
    throw new RangeError('the table has no event times; a split by time needs the definition’s eventTime');
  const { times, column } = eventTime;
  const order = Int32Array.from(labels.keys()).sort((a, b) => times[a] - times[b] || a - b);
  const starts = momentStarts(order, times);
  if (starts.length < folds)
    throw new RangeError(
      `${column} holds ${starts.length + 1} different ${starts.length === 0 ? 'time' : 'times'}; ` +
        `expected at least ${folds + 1}, one for the holdout and one for each of ${folds} folds`,
    );
  // Room is left for a moment in each part, so that every cut finds a place.
  const last = nearest(starts, Math.round(labels.length * (1 - holdoutShare)), folds - 1, starts.length);
  const cuts = [last];
  for (let fold = folds - 1; fold > 0; fold--)
    cuts.unshift(nearest(starts, (starts[last] * fold) / folds, fold - 1, cuts[0]));
  const partOf = new Uint8Array(labels.length);
  for (let part = 0; part <= folds; part++) {
    const from = part === 0 ? 0 : starts[cuts[part - 1]];
    const rows = order.subarray(from, part === folds ? order.length : starts[cuts[part]]);
    checkClasses(rows, labels, times, part === folds ? 'the holdout' : `fold ${part + 1} of ${folds}`);
    for (const row of rows) partOf[row] = part === folds ? HELD_OUT : part;
  }
  return partOf;
}

/** Where another moment begins in the order, the first moment not counted: the places at which a cut may fall. */
function momentStarts(order: Int32Array, times: Float64Array): number[] {
  const starts: number[] = [];
  for (let place = 1; place < order.length; place++)
    if (times[order[place]] !== times[order[place - 1]]) starts.push(place);
  return starts;
}

/** The start that is nearest to a place, the earlier of two: its index, from `first` on and below `end`. */
function nearest(starts: readonly number[], place: number, first: number, end: number): number {
  let best = first;
  for (let index = first + 1; index < end; index++)
    if (Math.abs(starts[index] - place) < Math.abs(starts[best] - place)) best = index;
  return best;
}

function checkClasses(rows: Int32Array, labels: Uint8Array, times: Float64Array, part: string): void {
  const positives = rows.reduce((sum, row) => sum + labels[row], 0);
  if (positives > 0 && positives < rows.length) return;
  const [from, to] = [rows[0], rows[rows.length - 1]].map(row => new Date(times[row]).toISOString());
  throw new RangeError(
    `${part} (${rows.length} rows, ${from} to ${to}) has no ${positives === 0 ? 'positive' : 'negative'} row; ` +
      'expected both outcomes in each part: take fewer folds, another holdoutShare, or split at random',
  );
}
