import { dealFolds } from '../../dataset/dealFolds.ts';
import { shuffledRowsByClass } from '../../dataset/shuffledRowsByClass.ts';
import type { TableSplit } from '../../dataset/splitTable.ts';
import { labelsOf } from '../../dataset/labelsOf.ts';
import type { Table } from '../../dataset/Table.ts';
import type { ProjectDefinition } from '../../definition/ProjectDefinition.ts';
import { deriveSeed } from '../../random/deriveSeed.ts';

/**
 * The split by which a search compares: the same training part, in folds of its own. The best of many trials looks better than it
 * is on the folds that it was chosen by; on the others the figures of the candidate stay as honest as if nobody had searched. A
 * split by time keeps its periods: there is only one way to cut them.
 */
export function searchSplit(
  table: Pick<Table, 'labels'>,
  split: TableSplit,
  { seed, split: { folds, by } }: Pick<ProjectDefinition, 'seed' | 'split'>,
): TableSplit {
  if (by === 'time') return split;
  const foldOf = new Uint8Array(split.train.length);
  dealFolds(shuffledRowsByClass(labelsOf(table, split.train), deriveSeed(seed, 'search')), folds, foldOf);
  return { ...split, foldOf };
}
