import { z } from 'zod';
import { projectDefinition } from '../ml/definition/ProjectDefinition.ts';
import { didYouMean } from '../platform/suggest.ts';

/** The faults of a definition, one below the other; of a key that nobody knows, which was meant, or which there are. */
export function describeFaults({ issues }: z.ZodError): string {
  return issues
    .flatMap(issue => {
      if (issue.code !== 'unrecognized_keys') return [z.prettifyError(new z.ZodError([issue]))];
      const known = keysAt([projectDefinition], issue.path);
      const where = issue.path.length === 0 ? '' : ` in ${issue.path.join('.')}`;
      return issue.keys.map(key => {
        const meant = didYouMean(key, known);
        return `✖ Unknown key ${JSON.stringify(key)}${where}.${meant || ` Expected one of: ${known.join(', ')}.`}`;
      });
    })
    .join('\n');
}

/** The keys that the schemas know at a path; of several where any of them may be meant. */
function keysAt(schemas: readonly z.core.$ZodType[], path: readonly PropertyKey[]): string[] {
  const inner = schemas.flatMap(unwrapped);
  const [key, ...rest] = path;
  if (key === undefined)
    return [
      ...new Set(inner.flatMap(schema => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []))),
    ];
  const below = inner.flatMap((schema): readonly z.core.$ZodType[] => {
    if (schema instanceof z.ZodObject)
      return Object.hasOwn(schema.shape, key) ? [schema.shape[String(key)]] : [];
    if (schema instanceof z.ZodRecord) return [schema.valueType];
    return schema instanceof z.ZodArray ? [schema.element] : [];
  });
  return keysAt(below, rest);
}

/** Without what only adds a default or a check; a union as its members. */
function unwrapped(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return unwrapped(schema.unwrap());
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in);
  return schema instanceof z.ZodUnion ? schema.options.flatMap(unwrapped) : [schema];
}
