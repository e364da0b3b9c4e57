import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { RepositoryModelLoadRequest } from '../../proto/gen/inference/grpc_service.ts';

// What RepositoryModelLoad may say beside the model's name: Triton's clients send a ModelConfig as JSON, of which the version
// policy is ours to follow. Model files come from the registry alone.

const version = z
  .union([z.number(), z.string()])
  .transform(Number)
  .pipe(z.number().int().min(1).max(999_999_999));
const schema = z.looseObject({
  version_policy: z
    .strictObject({ specific: z.strictObject({ versions: z.array(version).min(1).max(64) }) })
    .optional(),
});

/**
 * The versions to load; none means Production.
 * @throws HoldfastError invalidArgument that says what is wrong with the parameters
 */
export function readLoadRequest({ parameters }: RepositoryModelLoadRequest): readonly number[] {
  const foreign = Object.keys(parameters).find(name => name !== 'config');
  if (foreign !== undefined)
    throw refusal(
      foreign,
      'is not taken: model files come from the registry. Use `./holdfast train`, then load by name',
    );
  const { config } = parameters;
  if (config === undefined) return [];
  if (config.parameterChoice?.$case !== 'stringParam') throw refusal('config', 'must be a text with JSON');
  return readVersions(config.parameterChoice.value);
}

function readVersions(text: string): readonly number[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refusal('config', 'is not JSON');
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data.version_policy?.specific.versions ?? [];
  throw refusal(
    'config',
    `is not valid: ${z.prettifyError(result.error)}. Expected for example {"version_policy":{"specific":{"versions":[3]}}}`,
  );
}

const refusal = (name: string, description: string): HoldfastError => {
  const field = `parameters[${JSON.stringify(name)}]`;
  return new HoldfastError('invalidArgument', `${field} ${description}.`, {
    violations: [{ field, description }],
  });
};
