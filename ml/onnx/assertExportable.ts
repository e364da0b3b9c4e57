import { z } from 'zod';
import type { FittedModel } from '../trainers/FittedModel.ts';
import type { Pipeline } from '../trainers/Pipeline.ts';
import type { ModelMetadata } from './ModelMetadata.ts';
import { modelMetadataSchema } from './modelMetadataSchema.ts';

const OUTPUTS = new Set(['label', 'probabilities']);

/**
 * Refuses what would make a file that serves wrong answers: metadata that tells of another pipeline, sizes that do not fit,
 * weights that are not finite.
 * @throws Error that names the part, what came and what was expected.
 */
export function assertExportable(pipeline: Pipeline, metadata: ModelMetadata): void {
  const { encoder, model, calibration, threshold } = pipeline;
  const checked = modelMetadataSchema.safeParse(metadata);
  if (!checked.success)
    throw new Error(`The model's metadata is not valid:\n${z.prettifyError(checked.error)}`);
  assertEqual('inputs', named(metadata.inputs), named(encoder.inputs));
  assertEqual('threshold', metadata.threshold, threshold);
  assertEqual('label.positive', metadata.label.positive, pipeline.positiveLabel);
  assertEqual('label.negative', metadata.label.negative, pipeline.negativeLabel);
  const names = new Set(OUTPUTS);
  for (const { name } of encoder.inputs) {
    if (names.has(name))
      throw new Error(
        `The input ${JSON.stringify(name)} ${OUTPUTS.has(name) ? "bears the name of the graph's output" : 'is listed twice'}; rename the column.`,
      );
    names.add(name);
  }
  for (const [index, feature] of encoder.features.entries())
    if (feature.kind === 'number') assertFinite(`features[${index}]`, [feature.mean, feature.scale]);
    else if (feature.kind === 'hinge') assertFinite(`features[${index}]`, [feature.knot, feature.scale]);
  for (const input of encoder.inputs)
    if (input.kind === 'number') assertFinite(`the fill of ${JSON.stringify(input.name)}`, [input.fill]);
  if (calibration !== null) assertFinite('calibration', [calibration.slope, calibration.intercept]);
  assertModel(model, encoder.features.length);
}

const named = (list: readonly { name: string; kind: string }[]) =>
  JSON.stringify(list.map(({ name, kind }) => [name, kind]));

function assertModel(model: FittedModel, features: number): void {
  switch (model.kind) {
    case 'linear':
      assertSize('coefficients', model.coefficients.length, features);
      assertFinite('coefficients', model.coefficients);
      assertFinite('intercept', [model.intercept]);
      return;
    case 'perceptron': {
      let inputs = features;
      for (const [index, layer] of model.layers.entries()) {
        assertSize(`layers[${index}].inputs`, layer.inputs, inputs);
        assertSize(`layers[${index}].weights`, layer.weights.length, layer.inputs * layer.outputs);
        assertSize(`layers[${index}].biases`, layer.biases.length, layer.outputs);
        assertFinite(`layers[${index}].weights`, layer.weights);
        assertFinite(`layers[${index}].biases`, layer.biases);
        inputs = layer.outputs;
      }
      assertSize("the last layer's outputs", model.layers.length === 0 ? 0 : inputs, 1);
      return;
    }
    case 'trees':
      if (model.roots.length === 0) throw new Error('A model of trees needs at least one tree, got none.');
      for (let node = 0; node < model.feature.length; node++)
        if (model.feature[node] < 0) assertNumber('value', node, model.value[node]);
        else assertNumber('threshold', node, model.threshold[2 * node]);
      assertFinite('base', [model.base]);
  }
}

function assertEqual(field: string, told: string | number, fitted: string | number): void {
  if (told !== fitted)
    throw new Error(
      `The metadata's ${field} is ${told}, but the pipeline's is ${fitted}: they must be equal.`,
    );
}

function assertSize(part: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`The model's ${part} counts ${found}, expected ${expected}.`);
}

function assertFinite(part: string, values: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index++) assertNumber(part, index, values[index]);
}

function assertNumber(part: string, index: number, value: number): void {
  if (!Number.isFinite(Math.fround(value)))
    throw new Error(`The model's ${part} holds ${value} at ${index}; expected a finite float32.`);
}
