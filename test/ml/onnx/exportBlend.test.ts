import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { describe, it } from 'mocha';
import { ModelProtoSchema } from 'onnx-buf';
import { z } from 'zod';
import { trainerNames } from '../../../ml/definition/ProjectDefinition.ts';
import { exportBlend, type ExportedBlend } from '../../../ml/onnx/exportBlend.ts';
import { exportPipeline } from '../../../ml/onnx/exportPipeline.ts';
import { readMetadata } from '../../../ml/onnx/readMetadata.ts';
import { simulateTelco } from '../../../ml/simulation/simulateTelco.ts';
import { mix } from '../../../ml/trainers/blend/mix.ts';
import { applyCalibration } from '../../../ml/trainers/calibration/applyCalibration.ts';
import { fitCandidate } from '../../../ml/trainers/fitCandidate.ts';
import type { Pipeline } from '../../../ml/trainers/Pipeline.ts';
import { predict } from '../../../ml/trainers/predict.ts';
import { recipesFor } from '../../../ml/trainers/recipes.ts';
import { requirePeer } from '../../peers/requirePeer.ts';
import { withTemporaryFolder } from '../../support/withTemporaryFolder.ts';
import { metadataOf, type Row } from './handmade.ts';
import { runModel } from './runModel.ts';
import { sent, telcoTable } from './telcoTable.ts';

const tolerance = 1e-5;

const nodesOf = (onnx: Uint8Array) => fromBinary(ModelProtoSchema, onnx).graph?.node ?? [];

describe('exportBlend', () => {
  const training = telcoTable([...simulateTelco({ rows: 1500, seed: 8 })].map(sent));
  const trainingRows = Int32Array.from({ length: training.rowCount }, (_, row) => row);
  const rows = [...simulateTelco({ rows: 300, seed: 8, startRow: 1500, drift: 'missing' })].map(
    (row, index): Row =>
      index % 3 === 0 ? { ...sent(row), Contract: 'never met', tenure: Number.NaN } : sent(row),
  );
  const table = telcoTable(rows);
  const all = Int32Array.from(rows, (_, row) => row);
  const pipelines = recipesFor({ trainers: [...trainerNames], recipe: 'holdfast' }).map(
    (recipe, place): Pipeline => ({
      ...fitCandidate({ table: training, rows: trainingRows, recipe, seed: 2 }),
      calibration: place % 2 === 0 ? null : { slope: 0.9, intercept: 0.1 },
      threshold: 0.5,
      positiveLabel: 'Yes',
      negativeLabel: 'No',
    }),
  );
  const files = pipelines.map(pipeline => exportPipeline(pipeline, metadataOf(pipeline)));
  const answer = { threshold: 0.3, positiveLabel: 'Yes', negativeLabel: 'No' } as const;
  const metadata = { ...readMetadata(files[0]), trainer: 'blend' as const, threshold: 0.3 };
  const blendOf = (weights: readonly number[], calibration: ExportedBlend['calibration']) =>
    exportBlend(
      { ...answer, calibration, members: weights.map((weight, place) => ({ weight, onnx: files[place] })) },
      metadata,
    );

  const cases = [
    { weights: [0.4, 0.3, 0.2, 0.1], calibration: null },
    { weights: [0.4, 0.3, 0.2, 0.1], calibration: { slope: 1.2, intercept: -0.1 } },
    { weights: [0.7, 0.3], calibration: { slope: 0.8, intercept: 0.3 } },
    { weights: [1], calibration: null },
  ];
  const expected = ({ weights, calibration }: (typeof cases)[number]) =>
    applyCalibration(
      calibration,
      mix(
        weights,
        weights.map((_, place) => predict(pipelines[place], table, all)),
      ),
    );
  const assertAnswers = (
    one: (typeof cases)[number],
    found: { labels: readonly string[]; probabilities: readonly number[] },
  ) => {
    for (const [row, p] of expected(one).entries()) {
      assert.ok(Math.abs(found.probabilities[row] - p) <= tolerance, `row ${row}: ${p}`);
      if (Math.abs(p - answer.threshold) > tolerance)
        assert.equal(found.labels[row], p >= answer.threshold ? 'Yes' : 'No');
    }
    assert.equal(found.probabilities.length, rows.length);
  };
  const titled = (one: (typeof cases)[number]) =>
    `${one.weights.length} members, ${one.calibration === null ? 'not calibrated' : 'calibrated'}`;

  for (const one of cases)
    it(`answers as its members mixed: ${titled(one)}`, async () => {
      const onnx = blendOf(one.weights, one.calibration);
      assertAnswers(one, await runModel(onnx, pipelines[0].encoder.inputs, rows));
      assert.deepEqual(readMetadata(onnx), metadata);
    });

  it('passes onnx.checker, and Python’s onnxruntime answers the same', function () {
    const python = requirePeer(this, 'python');
    return withTemporaryFolder(async folder => {
      const paths = cases.map((one, place) => {
        const path = join(folder, `${place}.onnx`);
        writeFileSync(path, blendOf(one.weights, one.calibration));
        return path;
      });
      const output = execFileSync(python, ['test/peers/check_model.py', ...paths], {
        input: JSON.stringify(rows),
        maxBuffer: 1 << 28,
      });
      const answers = z
        .array(z.object({ labels: z.array(z.string()), probabilities: z.array(z.number()) }).loose())
        .parse(JSON.parse(output.toString('utf8')));
      assert.equal(answers.length, cases.length);
      for (const [place, one] of cases.entries()) assertAnswers(one, answers[place]);
    });
  });

  it('holds what members have in common once, and gives the same bytes again', () => {
    const blend = blendOf([0.4, 0.3, 0.2, 0.1], null);
    const encodings = (onnx: Uint8Array) =>
      nodesOf(onnx).filter(({ opType }) => opType === 'LabelEncoder').length;
    assert.deepEqual(files.map(encodings), [1, 1, 1, 1]);
    assert.equal(encodings(blend), 1);
    assert.equal(nodesOf(blend).filter(({ opType }) => opType === 'TreeEnsembleRegressor').length, 2);
    const names = nodesOf(blend).map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(blendOf([0.4, 0.3, 0.2, 0.1], null), blend);
  });

  for (const [what, make, message] of [
    ['weights that are no mixture', () => blendOf([0.5, 0.4], null), /expected positive ones of sum 1/],
    ['a weight of 0', () => blendOf([1, 0], null), /expected positive ones of sum 1/],
    ['no member', () => blendOf([], null), /expected positive ones of sum 1/],
    [
      'a member of other inputs',
      () =>
        exportBlend(
          { ...answer, calibration: null, members: [{ onnx: files[0], weight: 1 }] },
          { ...metadata, inputs: metadata.inputs.slice(1) },
        ),
      /inputs of the member logisticRegression are not those of the blend/,
    ],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(make, message);
    });
});
