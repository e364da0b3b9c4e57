/** Undefined where the text is no JSON: a page instead of an answer, which whoever asks tells about. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
