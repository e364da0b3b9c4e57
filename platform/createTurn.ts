/**
 * One at a time, in the order they were asked for, whatever became of those before.
 * @returns runs work when its turn has come, and answers or throws what it does
 */
export function createTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return work => {
    const result = last.then(work);
    // Whoever asked for it hears of the failure; the next only waits.
    last = result.catch(() => undefined);
    return result;
  };
}
