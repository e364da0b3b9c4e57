import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { trainedHere } from '../../ml/definition/trainedHere.ts';
import { type ProjectDefinitionInput, projectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import churn from '../../projects/churn.ts';

const lightGbm = { name: 'lightgbm', taskQueue: 'python-trainers' } as const;
type Trainers = NonNullable<ProjectDefinitionInput['trainers']>;

const cases: readonly [
  name: string,
  trainers: Trainers,
  own: readonly string[],
  elsewhere: readonly string[],
][] = [
  ['none foreign', ['randomForest'], ['randomForest'], []],
  [
    'enough of our own for a blend',
    ['logisticRegression', lightGbm, 'randomForest', 'blend'],
    ['logisticRegression', 'randomForest', 'blend'],
    ['lightgbm'],
  ],
  ['a blend that would have one member', ['randomForest', lightGbm, 'blend'], ['randomForest'], ['lightgbm']],
  ['all foreign', [lightGbm], [], ['lightgbm']],
];

describe('trainedHere', () => {
  for (const [name, trainers, own, elsewhere] of cases)
    it(`leaves our own trainers: ${name}`, () => {
      const found = trainedHere(projectDefinition.parse({ ...churn, trainers }));
      assert.deepEqual(found.definition.trainers, own);
      assert.deepEqual(found.elsewhere, elsewhere);
    });
});
