const needsQuotes = /[",\r\n]|^\s|\s$/;

/** One line of a CSV as RFC 4180 says, with its newline. */
export const formatCsvRow = (fields: readonly (string | number)[]): string =>
  `${fields.map(quote).join(',')}\n`;

function quote(field: string | number): string {
  const text = String(field);
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
