// What validation says of a row that does not fit the definition.

export type ViolationKind =
  | 'fields'
  | 'missing'
  | 'number'
  | 'range'
  | 'integer'
  | 'level'
  | 'length'
  | 'label'
  | 'time'
  | 'duplicate';

export interface Fault {
  readonly kind: ViolationKind;
  /** What was expected, as a sentence for the user. */
  readonly rule: string;
}

export interface Violation extends Fault {
  /** 1-based, the header and blank lines not counted. */
  readonly row: number;
  /** Empty where the row as a whole is at fault. */
  readonly column: string;
  /** As it stands in the file, cut to 200 characters. */
  readonly value: string;
}

export interface ViolationCount {
  readonly column: string;
  readonly kind: ViolationKind;
  readonly count: number;
}

export const describeViolation = ({ column, value, rule }: Violation): string =>
  column === '' ? `${rule}, got ${value}` : `${column}: ${rule}, got ${JSON.stringify(value)}`;
