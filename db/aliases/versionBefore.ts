/**
 * The version to roll back to, by an alias's history. A move to the version directly before is itself a rollback and takes the
 * version that it left out of the line: after 1, 2, 3 and back to 2, the version before is 1, not the 3 that was rolled back.
 * Any other move goes forward, also to an older version.
 * @param history the versions that the alias moved to, oldest first
 * @returns null where nothing is before
 */
export function versionBefore(history: readonly number[]): number | null {
  const line: number[] = [];
  for (const version of history)
    if (line.at(-2) === version) line.pop();
    else line.push(version);
  return line.at(-2) ?? null;
}
