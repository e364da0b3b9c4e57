import type { Filter } from './ListDeclaration.ts';

/** The field is this path or one below it: models/churn and models/churn/versions/3, but not models/churn-2. */
export const isBelow = (field: string, path: string): Filter => ({
  kind: 'or',
  of: [
    { kind: 'compare', field, comparator: '=', value: path },
    {
      kind: 'and',
      of: [
        { kind: 'compare', field, comparator: '>', value: `${path}/` },
        // The sign that follows the slash, in the order of bytes.
        { kind: 'compare', field, comparator: '<', value: `${path}0` },
      ],
    },
  ],
});
