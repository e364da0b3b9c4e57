import { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';

const value = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'expected text, a number, true, false or null',
});
const instance = z.record(z.string(), value, { error: 'expected an object: column to value' });
const instances = z.array(instance).min(1, 'expected at least one instance');

export type Instance = z.output<typeof instance>;

/**
 * Instances out of JSON: one object, a list of them, the body of a Predict call (`{"instances": […]}`), or one object a
 * line.
 * @param origin Where the text came from, for the message.
 * @throws HoldfastError invalidArgument that names instance and column.
 */
export function parseInstances(text: string, origin: string): Instance[] {
  const parsed = parseJson(text.replace(/^\uFEFF/, ''), origin);
  const list = Array.isArray(parsed) ? parsed : isBody(parsed) ? parsed.instances : [parsed];
  const result = instances.safeParse(list);
  if (result.success) return result.data;
  throw new HoldfastError(
    'invalidArgument',
    `${origin} does not hold instances: expected an object as {"tenure": 5, "Contract": "One year"}, or a list of such.`,
    {
      violations: result.error.issues.map(({ path, message }) => ({
        field:
          path.length === 0
            ? 'instances'
            : `instances[${String(path[0])}]${path
                .slice(1)
                .map(part => `.${String(part)}`)
                .join('')}`,
        description: message,
      })),
    },
  );
}

const isBody = (parsed: unknown): parsed is { instances: unknown } =>
  typeof parsed === 'object' && parsed !== null && 'instances' in parsed && Array.isArray(parsed.instances);

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const lines = text.split('\n').filter(line => line.trim() !== '');
    if (lines.length > 1 && lines.every(line => line.trim().startsWith('{') && line.trim().endsWith('}')))
      return lines.map((line, index) => parseLine(line, `${origin}, line ${index + 1}`));
    throw notJson(origin, error);
  }
}

function parseLine(line: string, origin: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw notJson(origin, error);
  }
}

const notJson = (origin: string, error: unknown): HoldfastError =>
  new HoldfastError(
    'invalidArgument',
    `${origin} is not JSON (${error instanceof Error ? error.message : String(error)}). Quote it for the shell with single quotation marks, or use --file or --set.`,
    { cause: error },
  );
