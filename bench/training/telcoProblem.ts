import { splitTable, type TableSplit } from '../../ml/dataset/splitTable.ts';
import type { Table } from '../../ml/dataset/Table.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { Recipe } from '../../ml/trainers/Recipe.ts';
import { recipesFor } from '../../ml/trainers/recipes.ts';
import churn from '../../projects/churn.ts';
import { benchedTrainers } from './benchedTrainers.ts';

export interface TelcoProblem {
  readonly definition: ProjectDefinition;
  readonly recipes: readonly Recipe[];
}

/** The churn project with the four trainers under one set of recipes. */
export function telcoProblem(recipe: ProjectDefinition['recipe']): TelcoProblem {
  const definition: ProjectDefinition = { ...churn, trainers: [...benchedTrainers], recipe };
  return { definition, recipes: recipesFor(definition) };
}

/** The split that a training thread makes of the table. */
export const splitOf = ({ split, seed }: ProjectDefinition, table: Table): TableSplit =>
  splitTable(table, { ...split, seed });

/** The parts that a candidate is fitted and evaluated on: its folds by their numbers, then the whole training part. */
export function* fitsOf({ split }: ProjectDefinition, { train, holdout, foldOf }: TableSplit) {
  for (let fold = 0; fold < split.folds; fold++)
    yield {
      name: `fold ${fold}`,
      train: train.filter((_row, place) => foldOf[place] !== fold),
      evaluate: train.filter((_row, place) => foldOf[place] === fold),
    };
  yield { name: 'final', train, evaluate: holdout };
}
