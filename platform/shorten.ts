/** The beginning of a long text, for a message: cut with an ellipsis, never through a surrogate pair. */
export const shorten = (text: string, maximumCharacters: number): string =>
  text.length <= maximumCharacters
    ? text
    : `${text.slice(0, maximumCharacters).replace(/[\uD800-\uDBFF]$/, '')}…`;
