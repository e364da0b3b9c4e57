import { HoldfastError } from '../../platform/HoldfastError.ts';
import { detectDelimiter } from '../../platform/tabular/detectDelimiter.ts';
import type { Offer } from '../../ml/definition/ProjectDefinition.ts';
import { offerProfit } from '../../ml/evaluation/offerProfit.ts';
import { batches } from './batches.ts';
import { createLineWriter, type LineWriter } from './createLineWriter.ts';
import { createTopRows } from './createTopRows.ts';
import type { ModelInput } from './ModelSignature.ts';
import { openSink, type Sink } from '../openSink.ts';
import { openSource } from './openSource.ts';
import { type Header, readHeader } from './readHeader.ts';
import { type RawRow, readRows } from './readRows.ts';
import { refusal } from './refusal.ts';
import type { RowFault, ScoredRow } from './ScoredRow.ts';
import { type Predict, scoreBatch } from './scoreBatch.ts';

// A CSV file of any size through the server, in bounded memory: its rows in their order and to the byte, followed by what
// the model says of each; or only the best of them, the best first. Several batches are under way at once; they are read in the
// file's order.

const BATCHES_IN_FLIGHT = 4;
/** Faults that are kept to be shown; beyond it they are counted. */
const FAULTS_KEPT = 10_000;

export interface ScoreFileRequest {
  /** Paths; `-` is standard input or output. */
  readonly input: string;
  readonly output: string;
  readonly inputs: readonly ModelInput[];
  readonly modelVersion: number;
  /** Put before the names of the appended columns. */
  readonly prefix: string;
  /** Rows with faults get blank answers (are left out, where only the best are asked for) instead of failing the file. */
  readonly skipBadRows: boolean;
  /** Only so many rows, of the highest probabilities, the best first; of equals the earlier in the file. */
  readonly top?: number;
  /** What an offer costs and brings: the best rows then come with the profit to expect of an offer to each. */
  readonly offer?: Offer;
  /** Only the best rows of which an offer pays. */
  readonly onlyProfitable?: boolean;
  readonly predict: Predict;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Told after each batch. */
  readonly onProgress: (rows: number) => void;
  /** Told once, with the model's columns that the file lacks altogether. */
  readonly onAbsentColumns: (names: readonly string[]) => void;
}

export interface ScoreFileResult {
  readonly rows: number;
  readonly scored: number;
  readonly faultyRows: number;
  /** How many rows were written, and the profit to expect of an offer to each of them; only where the best were asked for. */
  readonly selected?: number;
  readonly expectedProfit?: number;
  /** The first of them, in the file's order. */
  readonly faults: readonly RowFault[];
}

/**
 * @throws HoldfastError invalidArgument with every row's faults; the output file is then as it was before.
 */
export async function scoreFile(request: ScoreFileRequest): Promise<ScoreFileResult> {
  const { input, inputs, prefix } = request;
  const source = await openSource(input, request.stdin);
  const delimiter = detectDelimiter(source.head);
  const rows = readRows(input, source, delimiter);
  const first = await rows.next();
  if (first.done)
    throw new HoldfastError('invalidArgument', `${input} holds no line; expected a header and rows.`);
  const answers = ['probability', 'label', 'model_version'];
  if (request.top !== undefined && request.offer !== undefined) answers.push('expected_profit');
  const outputs = answers.map(name => `${prefix}${name}`);
  const header = readHeader(input, first.value, inputs, outputs);
  if (header.absent.length > 0) request.onAbsentColumns(header.absent);
  const sink = await openSink(request.output, request.stdout);
  try {
    const line = createLineWriter(delimiter);
    await sink.write(`${source.byteOrderMark ? '\u00ef\u00bb\u00bf' : ''}${line(first.value, outputs)}`);
    const result = await scoreRows(request, header, rows, line, sink);
    await sink.commit();
    return result;
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

async function scoreRows(
  request: ScoreFileRequest,
  header: Header,
  rows: AsyncIterable<RawRow>,
  line: LineWriter,
  sink: Sink,
): Promise<ScoreFileResult> {
  const { input, predict, skipBadRows, offer } = request;
  const version = String(request.modelVersion);
  const best = request.top === undefined ? null : createTopRows(request.top);
  const faults: RowFault[] = [];
  const expectedProfit = (probability: number): number | undefined =>
    offer && offerProfit(offer, { truePositives: probability, falsePositives: 1 - probability });
  const profitCell = (probability: number): string[] => {
    const profit = expectedProfit(probability);
    return profit === undefined ? [] : [String(profit)];
  };
  const counts = { rows: 0, scored: 0, faultyRows: 0 };
  let refused = false;
  const finish = async (batch: readonly ScoredRow[]): Promise<void> => {
    let text = '';
    for (const { source, answer, faults: found } of batch) {
      counts.rows++;
      if (answer === null) {
        counts.faultyRows++;
        if (faults.length < FAULTS_KEPT) faults.push(...found);
        // A row of another width is refused even so, where it is written: what is appended would not stand in its column.
        refused ||= !skipBadRows || (best === null && source.cells.length !== header.width);
        if (best === null) text += line(source, ['', '', '']);
      } else {
        counts.scored++;
        const { probability, label } = answer;
        const cells = [String(probability), label, version];
        if (best === null) text += line(source, cells);
        else
          best.add({ probability, row: source.row }, () =>
            line(source, [...cells, ...profitCell(probability)]),
          );
      }
    }
    // Once a row is refused nothing will be kept; the rest is read only to find the other faults.
    if (!refused) await sink.write(text);
    request.onProgress(counts.rows);
  };
  const underWay: Promise<ScoredRow[]>[] = [];
  const finishFirst = async (): Promise<void> => finish((await underWay.shift()) ?? []);
  for await (const batch of batches(rows, header)) {
    const scoring = scoreBatch(batch, predict);
    // Awaited later, in order; until then a failure must not count as unhandled.
    scoring.catch(() => undefined);
    underWay.push(scoring);
    if (underWay.length >= BATCHES_IN_FLIGHT) await finishFirst();
  }
  while (underWay.length > 0) await finishFirst();
  if (refused) throw refusal(input, counts, faults, skipBadRows);
  if (best === null) return { ...counts, faults };
  let selected = 0;
  let sum = 0;
  for (const { probability, line: bytes } of best.ranked()) {
    const profit = expectedProfit(probability) ?? 0;
    if (request.onlyProfitable === true && profit <= 0) break;
    await sink.write(bytes.toString('latin1'));
    selected++;
    sum += profit;
  }
  return { ...counts, faults, selected, ...(offer === undefined ? {} : { expectedProfit: sum }) };
}
