import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { InferenceSession } from 'onnxruntime-node';
import { createEnteredSession } from '../../inference/createEnteredSession.ts';
import { createFileSession } from '../../inference/createFileSession.ts';
import { InstanceReader } from '../../inference/InstanceReader.ts';
import { createSignature } from '../../inference/Signature.ts';
import { enterBehindEncoders } from '../../ml/onnx/enterBehindEncoders.ts';
import { exportPipeline } from '../../ml/onnx/exportPipeline.ts';
import type { Pipeline } from '../../ml/trainers/Pipeline.ts';
import { metadataOf } from '../ml/onnx/handmade.ts';
import { pipeline, rowFor } from '../ml/onnx/pipelines.ts';
import { smallModel } from '../support/smallModel.ts';

describe('a model file entered behind its encoders', () => {
  it('answers the bits of the whole file, for any pipeline, any rows and any ranges of them', async () => {
    let entered = 0;
    const given = pipeline.chain(each =>
      fc.record({
        pipeline: fc.constant<Pipeline>(each),
        rows: fc.array(rowFor(each.encoder.inputs), { minLength: 2, maxLength: 12 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(given, async ({ pipeline: each, rows }) => {
        const metadata = metadataOf(each);
        const bytes = exportPipeline(each, metadata);
        const entry = enterBehindEncoders(bytes, metadata.inputs);
        if (entry === null) return;
        entered++;
        const signature = createSignature(metadata);
        const [whole, behind] = [
          await InferenceSession.create(bytes),
          await InferenceSession.create(entry.bytes),
        ];
        assert.deepEqual(behind.outputNames, ['probabilities']);
        assert.deepEqual(
          behind.inputNames.toSorted(),
          [...entry.numbers, ...entry.codes].map(({ name }) => name).toSorted(),
        );
        const reader = new InstanceReader(signature, rows.length, { maximumViolations: 0 });
        for (const [row, { ...values }] of rows.entries())
          reader.read(
            Object.fromEntries(
              Object.entries(values).map(([name, value]) => [name, Number.isNaN(value) ? null : value]),
            ),
            row,
          );
        const { columns } = reader;
        const ranges = [
          { columns, from: 1, to: rows.length },
          { columns, from: 0, to: 1 },
        ];
        const asItIs = createFileSession(whole, signature);
        const expected = await asItIs.score(ranges);
        const answered = await createEnteredSession(behind, signature, entry).score(ranges);
        assert.deepEqual(Buffer.from(answered.buffer), Buffer.from(expected.buffer));
        const [all] = [await asItIs.score([{ columns, from: 0, to: rows.length }])];
        assert.deepEqual([...expected], [...all.subarray(1), all[0]]);
        await Promise.all([whole.release(), behind.release()]);
      }),
      { seed: 5, numRuns: 150 },
    );
    assert.ok(entered > 100, `${entered} of 150`);
  });

  it('is not there where a text goes anywhere else than through an encoder', () => {
    const { pipeline: each, metadata } = smallModel();
    const { inputs } = metadata;
    const bytes = exportPipeline(each, metadata);
    assert.notEqual(enterBehindEncoders(bytes, inputs), null);
    // A node of another name is no encoder that we know.
    const text = Buffer.from(bytes).toString('latin1').replaceAll('LabelEncoder', 'LabelEncodes');
    assert.equal(enterBehindEncoders(Buffer.from(text, 'latin1'), inputs), null);
  });
});
