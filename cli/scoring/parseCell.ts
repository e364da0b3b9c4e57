import { parseDecimal } from '../../platform/tabular/parseDecimal.ts';
import type { ModelInput } from './ModelSignature.ts';

export type Cell = string | number | null;

/**
 * A cell's text as the server takes it: blank is a missing value, numbers in decimal notation, categories as they are. What
 * is no number stays text, so that the server says what it expected in that column.
 */
export function parseCell(text: string, column: ModelInput): Cell {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return column.kind === 'number' ? (parseDecimal(trimmed) ?? text) : text;
}
