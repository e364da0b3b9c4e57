/**
 * Nested values as the flat texts that MLflow's params are: `parameters.l2` → `1`. A list is one text; what is null or empty is
 * there too, because it was chosen.
 */
export function flatten(value: object, prefix = ''): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, inner] of Object.entries(value)) {
    const key = `${prefix}${name}`;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
      Object.assign(flat, flatten(inner, `${key}.`));
    else if (inner !== undefined) flat[key] = typeof inner === 'string' ? inner : JSON.stringify(inner);
  }
  return flat;
}
