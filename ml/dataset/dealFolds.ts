/**
 * Gives the rows of each class to the folds in turn, so that the folds' sizes differ by at most one row a class and by at most
 * one altogether.
 * @param classes row indices, in the order in which they are dealt
 * @param foldOf one a row of the table; what no class names stays as it is
 */
export function dealFolds(classes: readonly Int32Array[], folds: number, foldOf: Uint8Array): void {
  let next = 0;
  for (const rows of classes)
    for (const row of rows) {
      foldOf[row] = next;
      // The second class goes on where the first ended, so that no fold collects the remainder of both.
      next = (next + 1) % folds;
    }
}
