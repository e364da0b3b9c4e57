/** What read answers; null, with the reason told and the exit code set, where it throws: options that cannot be read. */
export function optionsOrNull<Options>(read: () => Options, usage: string): Options | null {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    process.exitCode = 2;
    return null;
  }
}
