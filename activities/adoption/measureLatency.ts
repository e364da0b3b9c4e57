import type { InferenceSession } from 'onnxruntime-node';
import type { ModelMetadata } from '../../ml/onnx/ModelMetadata.ts';
import { UnfitModel } from '../../ml/onnx/foreign/UnfitModel.ts';
import type { Latency } from './AdoptionJob.ts';
import type { ProbeRows } from './ProbeRows.ts';
import { feedsOf } from './scoreRows.ts';

/** A run of ONNX Runtime holds the serving thread for its whole length: what one row may take, and a thousand. */
export const LATENCY_LIMIT: Latency = { oneRowMs: 20, thousandRowsMs: 1000 };

const ONE_ROW_RUNS = 20;
const THOUSAND_ROW_RUNS = 3;

/** The shortest of several runs: what the file costs, and not what else the machine was doing. */
export async function measureLatency(
  session: InferenceSession,
  metadata: Pick<ModelMetadata, 'inputs'>,
  rows: ProbeRows,
): Promise<Latency> {
  const shortest = async (rowCount: number, runs: number): Promise<number> => {
    const feeds = feedsOf(metadata, repeat(rows, rowCount));
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < runs; run++) {
      const started = performance.now();
      await session.run(feeds, ['probabilities']);
      best = Math.min(best, performance.now() - started);
    }
    return Number(best.toFixed(3));
  };
  return {
    oneRowMs: await shortest(1, ONE_ROW_RUNS),
    thousandRowsMs: await shortest(1000, THOUSAND_ROW_RUNS),
  };
}

/** @throws UnfitModel with the figure and the bound, where it is above */
export function checkLatency(found: Latency): void {
  const what = { oneRowMs: 'one row', thousandRowsMs: '1,000 rows' } as const;
  for (const key of ['oneRowMs', 'thousandRowsMs'] as const)
    if (found[key] > LATENCY_LIMIT[key])
      throw new UnfitModel(
        `The file takes ${found[key]} ms for ${what[key]} on this machine; expected at most ${LATENCY_LIMIT[key]} ms, for it holds up every other request meanwhile. Make the model smaller (fewer or shallower trees), or take it as it is with --allow-slow.`,
      );
}

const repeat = ({ rowCount, columns }: ProbeRows, wanted: number): ProbeRows => ({
  rowCount: wanted,
  columns: new Map(
    [...columns].map(([name, values]) => [
      name,
      values instanceof Float32Array
        ? Float32Array.from({ length: wanted }, (_, row) => values[row % rowCount])
        : Array.from({ length: wanted }, (_, row) => values[row % rowCount]),
    ]),
  ),
});
