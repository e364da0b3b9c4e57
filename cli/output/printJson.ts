/** A value as indented JSON with a final line break: the one form in which commands put data on stdout for programs. */
export function printJson(stream: NodeJS.WriteStream, value: unknown): void {
  stream.write(`${JSON.stringify(value, null, 2)}\n`);
}
