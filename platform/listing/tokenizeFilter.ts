// A filter's text, cut into its words. Nothing is judged here but what no filter can hold.

export interface Token {
  readonly kind: 'word' | 'text' | 'sign' | 'end';
  /** Of a text: without its quotes and escapes. */
  readonly value: string;
  /** In the filter, from 1. */
  readonly position: number;
}

const patterns = [
  ['space', /\s+/y],
  ['sign', /<=|>=|!=|[=<>:()*]/y],
  ['word', /-?[A-Za-z0-9_](?:[A-Za-z0-9_.+-]*[A-Za-z0-9_])?/y],
  ['text', /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'/y],
] as const;

/**
 * @returns the tokens, the last of which is the end
 * @throws SyntaxError with the position of what is no part of any filter
 */
export function tokenizeFilter(filter: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < filter.length) {
    const found = patterns.find(([, pattern]) => {
      pattern.lastIndex = at;
      return pattern.test(filter);
    });
    if (found === undefined) {
      const character = String.fromCodePoint(filter.codePointAt(at) ?? 0);
      throw new SyntaxError(
        /["']/.test(character)
          ? `the text that begins at character ${at + 1} has no closing ${character}`
          : `unexpected ${JSON.stringify(character)} at character ${at + 1}; put values other than plain words into quotes`,
      );
    }
    const [kind, { lastIndex }] = found;
    const piece = filter.slice(at, lastIndex);
    if (kind === 'text')
      tokens.push({ kind, value: piece.slice(1, -1).replaceAll(/\\([^])/g, '$1'), position: at + 1 });
    else if (kind !== 'space') tokens.push({ kind, value: piece, position: at + 1 });
    at = lastIndex;
  }
  return [...tokens, { kind: 'end', value: '', position: filter.length + 1 }];
}
