import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { defineProject } from '../../ml/definition/defineProject.ts';
import type { ProjectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import { runDefinition } from '../../projects/runDefinition.ts';
import { trainingDigest } from '../../projects/trainingDigest.ts';
import churn from '../../projects/churn.ts';

// Each field of a definition either decides about training or does not: a new one must be told here which.

const changes: {
  readonly [Field in keyof Required<ProjectDefinition>]: [ProjectDefinition[Field], boolean];
} = {
  name: ['other', false],
  title: ['Other', false],
  intendedUse: ['To rank customers for a call.', false],
  source: [{ kind: 'file', path: 'elsewhere.csv' }, false],
  maximumQuarantinedShare: [0.5, false],
  gate: [{ ...churn.gate, minimumRocAuc: 0.9 }, false],
  id: [undefined, true],
  eventTime: ['signedUp', true],
  label: [{ column: 'Gone', positive: 'Yes', negative: 'No' }, true],
  columns: [{ tenure: churn.columns.tenure }, true],
  trainers: [['randomForest'], true],
  recipe: ['original', true],
  split: [{ ...churn.split, folds: 3 }, true],
  search: [{ budgetSeconds: 10 }, true],
  selection: ['rocAuc', true],
  offer: [{ cost: 10, customerValue: 200, successRate: 0.3 }, true],
  seed: [churn.seed + 1, true],
};

describe('the digests of a definition', () => {
  for (const [field, [value, decides]] of Object.entries(changes))
    it(`a changed ${field} ${decides ? 'is another' : 'is the same'} training`, () => {
      const changed = { ...churn, [field]: value };
      assert.equal(trainingDigest(changed) !== trainingDigest(churn), decides);
      assert.notEqual(runDefinition(changed).digest, runDefinition(churn).digest);
    });

  it('a split that is said to be at random is the one that nobody spoke of', () => {
    const { holdoutShare, folds } = churn.split;
    const said = defineProject({ ...churn, split: { holdoutShare, folds, by: 'random' } });
    assert.deepEqual(
      [trainingDigest(said), runDefinition(said).digest],
      [trainingDigest(churn), runDefinition(churn).digest],
    );
    const split = { holdoutShare, folds, by: 'time' } as const;
    const dated = defineProject({ ...churn, eventTime: 'since', split });
    assert.notEqual(trainingDigest(dated), trainingDigest({ ...dated, split: churn.split }));
    assert.throws(() => defineProject({ ...churn, split }), /is time, but there is no eventTime/);
    assert.throws(() => defineProject({ ...churn, eventTime: 'Churn' }), /is also the label\.column/);
  });

  it('a recipe that was asked for is the definition with that recipe', () => {
    const original = runDefinition({ ...churn, recipe: 'original' });
    assert.deepEqual(runDefinition(churn, 'original'), original);
    assert.notEqual(runDefinition(churn).digest, original.digest);
    assert.equal(
      runDefinition(churn).text,
      JSON.stringify(JSON.parse(original.text)).replace('"original"', '"holdfast"'),
    );
  });
});
