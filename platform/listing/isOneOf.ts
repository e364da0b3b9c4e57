import type { Filter, Value } from './ListDeclaration.ts';

/** The field has one of these values; undefined, and so no condition, where there are none. */
export const isOneOf = (field: string, values: readonly Value[]): Filter | undefined =>
  values.length === 0
    ? undefined
    : { kind: 'or', of: values.map(value => ({ kind: 'compare', field, comparator: '=', value })) };
