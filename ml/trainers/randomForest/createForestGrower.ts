import { type Crew, MAXIMUM_MEMBERS } from '../../kernels/Crew.ts';
import type { KernelMemory } from '../../kernels/withKernelMemory.ts';
import type { BinnedMatrix } from '../trees/BinnedMatrix.ts';
import type { NodeTable } from '../trees/createNodeTable.ts';

// Grows trees of a forest side by side, each by one kernel (see kernels/assembly/forest.ts) on a member of the crew. All memory is
// taken once a member and used by every tree.

export interface ForestOptions {
  readonly memory: KernelMemory;
  readonly crew: Crew;
  readonly binned: BinnedMatrix;
  /** One a row, 0 or 1. */
  readonly labels: Uint8Array;
  /** Of label 0 and of label 1. */
  readonly weights: readonly [number, number];
  readonly maximumDepth: number | null;
  readonly minimumSamplesLeaf: number;
  readonly featuresPerSplit: number;
}

export interface ForestGrower {
  /** Draws a sample for each seed: how often each holds each row. At most as many as the crew has members. */
  draw(seeds: readonly number[]): readonly Int32Array[];
  /** Appends a tree for each sample of the last draw, in their order. */
  grow(table: NodeTable): void;
}

/** What a member works with. */
interface Desk {
  readonly random: number;
  readonly cells: number;
  readonly order: number;
  readonly entries: number;
  /** How often each row was drawn, until the tree begins. */
  readonly spare: Int32Array;
  readonly stack: number;
  readonly nodes: Float64Array;
}

/** See assembly/forest.ts. */
const CELLS_BYTES = 4096 + 64;
const WAITING_BYTES = 24;
const NO_DEPTH = 0xffffffff;

export function createForestGrower(options: ForestOptions): ForestGrower {
  const { memory, crew, binned, minimumSamplesLeaf } = options;
  const { rowCount, featureCount } = binned;
  const maximumDepth = options.maximumDepth ?? NO_DEPTH;
  const mostLeaves = Math.max(
    1,
    Math.min(Math.floor(rowCount / minimumSamplesLeaf), 2 ** Math.min(maximumDepth, 32)),
  );
  const plan = writePlan(options, maximumDepth);
  const desks: Desk[] = [];
  const deskOf = (member: number): Desk =>
    (desks[member] ??= {
      random: memory.int32(4).byteOffset,
      cells: memory.uint8(CELLS_BYTES).byteOffset,
      order: memory.int32(featureCount).byteOffset,
      entries: memory.float64(rowCount).byteOffset,
      spare: memory.int32(2 * rowCount),
      // Of each level down to the present one the right side waits.
      stack: memory.uint8(WAITING_BYTES * (Math.min(mostLeaves, maximumDepth) + 2)).byteOffset,
      nodes: memory.float64(1 + 2 * (2 * mostLeaves - 1)),
    });
  let drawn = 0;

  return {
    draw(seeds) {
      drawn = seeds.length;
      const own = seeds.map((_, member) => deskOf(member));
      crew.run(
        memory,
        'drawSample',
        own.map(({ random, spare }, member) => [rowCount, seeds[member], random, spare.byteOffset]),
      );
      return own.map(({ spare }) => spare.subarray(0, rowCount));
    },
    grow(table) {
      const own = desks.slice(0, drawn);
      crew.run(
        memory,
        'growGiniTree',
        own.map(({ random, cells, order, entries, spare, stack, nodes }) => [
          plan,
          random,
          spare.byteOffset,
          cells,
          order,
          entries,
          spare.byteOffset,
          stack,
          nodes.byteOffset,
        ]),
      );
      for (const { nodes } of own) appendTree(nodes, binned, table);
    },
  };
}

/** So many trees can be drawn and grown at a time. */
export const treesAtATime = ({ size }: Crew): number => Math.min(size, MAXIMUM_MEMBERS);

function appendTree(nodes: Float64Array, { columns, thresholds }: BinnedMatrix, table: NodeTable): void {
  const whole = new Int32Array(nodes.buffer, nodes.byteOffset, 2 * nodes.length);
  table.addTree(whole[0], ({ feature, threshold, left, value }, first) => {
    for (let node = 0; node < whole[0]; node++) {
      const at = 2 + 4 * node;
      const split = whole[at];
      const valueOrLeft = nodes[2 + 2 * node];
      if (split === -1) value[first + node] = valueOrLeft;
      else {
        feature[first + node] = columns[split];
        threshold[2 * (first + node)] = thresholds[split][whole[at + 1]];
        left[2 * (first + node) + 1] = first + valueOrLeft;
      }
    }
  });
}

/** The kernels' `GiniPlan`. @returns its place */
function writePlan(
  { memory, binned, weights, labels, featuresPerSplit, minimumSamplesLeaf }: ForestOptions,
  maximumDepth: number,
): number {
  const { rowCount, featureCount, bins, thresholds } = binned;
  const ownLabels = memory.uint8(rowCount);
  ownLabels.set(labels);
  const lastBins = memory.int32(featureCount);
  lastBins.set(thresholds.map(({ length }) => length));
  const plan = memory.float64(6);
  plan.set(weights);
  new Uint32Array(plan.buffer, plan.byteOffset + 16).set([
    bins.byteOffset,
    ownLabels.byteOffset,
    lastBins.byteOffset,
    rowCount,
    featureCount,
    featuresPerSplit,
    minimumSamplesLeaf,
    maximumDepth,
  ]);
  return plan.byteOffset;
}
