const delimiters = [',', ';', '\t', '|'];

/**
 * The delimiter of a CSV: the candidate that stands most often outside quotes in the header line, a comma among equals.
 * @param head the file's beginning
 */
export function detectDelimiter(head: Buffer): string {
  const counts = new Map(delimiters.map(delimiter => [delimiter, 0]));
  let quoted = false;
  for (const character of head.toString('utf8').trimStart()) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r')) break;
    else if (!quoted) {
      const count = counts.get(character);
      if (count !== undefined) counts.set(character, count + 1);
    }
  }
  return delimiters.reduce((best, candidate) =>
    (counts.get(candidate) ?? 0) > (counts.get(best) ?? 0) ? candidate : best,
  );
}
