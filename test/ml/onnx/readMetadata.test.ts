import assert from 'node:assert/strict';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, it } from 'mocha';
import { ModelProtoSchema } from 'onnx-buf';
import { exportPipeline } from '../../../ml/onnx/exportPipeline.ts';
import { readMetadata } from '../../../ml/onnx/readMetadata.ts';
import type { Pipeline } from '../../../ml/trainers/Pipeline.ts';
import { metadataOf } from './handmade.ts';

const pipeline: Pipeline = {
  encoder: {
    inputs: [{ kind: 'number', name: 'tenure', fill: 4 }],
    features: [{ kind: 'number', input: 'tenure', mean: 0, scale: 1 }],
  },
  model: { kind: 'linear', intercept: 0, coefficients: Float64Array.of(1) },
  calibration: null,
  threshold: 0.5,
  positiveLabel: 'Yes',
  negativeLabel: 'No',
};
const good = exportPipeline(pipeline, metadataOf(pipeline));

/** The good model with another `holdfast` entry, or none. */
function withEntry(value: string | null): Uint8Array {
  const { irVersion, graph, opsetImport } = fromBinary(ModelProtoSchema, good);
  const metadataProps = value === null ? [] : [{ key: 'holdfast', value }];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion, graph, opsetImport, metadataProps }),
  );
}

const changed = (change: object) => withEntry(JSON.stringify({ ...metadataOf(pipeline), ...change }));

describe('readMetadata', () => {
  const cases: readonly { of: string; bytes: Uint8Array; message: RegExp }[] = [
    { of: 'an empty file', bytes: new Uint8Array(), message: /The 0 bytes are not an ONNX model/ },
    { of: 'a text', bytes: Buffer.from('customerID,gender\n1,Male\n'), message: /not an ONNX model/ },
    { of: 'zeros', bytes: new Uint8Array(100), message: /not an ONNX model/ },
    { of: 'another protobuf message', bytes: Uint8Array.of(8, 1, 16, 2), message: /it has no graph/ },
    {
      of: 'a model without the entry',
      bytes: withEntry(null),
      message: /no metadata_props entry "holdfast"/,
    },
    { of: 'an entry that is not JSON', bytes: withEntry('{'), message: /"holdfast" is not JSON/ },
    { of: 'an entry that is no object', bytes: withEntry('[]'), message: /expected object, received array/ },
    { of: 'another format', bytes: changed({ format: 2 }), message: /expected 1[\s\S]*format/ },
    {
      of: 'a trainer that is no name',
      bytes: changed({ trainer: '$oracle' }),
      message: /expected a name of at most 63 letters[\s\S]*trainer/,
    },
    { of: 'a threshold above 1', bytes: changed({ threshold: 2 }), message: /threshold/ },
    { of: 'no inputs', bytes: changed({ inputs: [] }), message: /inputs/ },
    { of: 'a field nobody knows', bytes: changed({ extra: 1 }), message: /"extra"/ },
  ];
  for (const { of, bytes, message } of cases)
    it(`refuses ${of} and says what was expected`, () => {
      assert.throws(() => readMetadata(bytes), { message });
      assert.throws(() => readMetadata(bytes), {
        message: /Expected a model that Holdfast exported: .*threshold/,
      });
    });

  it('refuses a model cut off anywhere', () => {
    for (let length = 0; length < good.length; length++)
      assert.throws(
        () => readMetadata(good.subarray(0, length)),
        { message: /Expected a model that Holdfast exported/ },
        `${length} of ${good.length} bytes`,
      );
  });
});
