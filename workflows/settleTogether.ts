import { CancellationScope, isCancellation } from '@temporalio/workflow';

/**
 * Does the work for all items side by side and ends when all of it has ended: the first failure cancels the others and is
 * thrown once they have stopped, so that nothing goes on behind a run that has failed or was cancelled.
 * @returns the results in the items' order
 */
export async function settleTogether<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const scope = new CancellationScope();
  const outcomes = await scope.run(() =>
    Promise.allSettled(
      items.map(async item => {
        try {
          return await work(item);
        } catch (error) {
          scope.cancel();
          throw error;
        }
      }),
    ),
  );
  const errors = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (errors.length > 0) throw errors.find(error => !isCancellation(error)) ?? errors[0];
  return outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
