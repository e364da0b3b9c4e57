import type { Options } from 'csv-parse';

/**
 * What every reader of a CSV takes for a CSV, so that a file that trains can also be scored: lines may end in any of the three
 * ways, a quote within an unquoted field is a character, blank lines are none, and a ragged row is the reader's to judge. The
 * longest record bounds what a quote that is never closed swallows.
 */
export const csvDialect = {
  max_record_size: 64 * 1024 * 1024,
  record_delimiter: ['\r\n', '\n', '\r'],
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
} satisfies Options;
