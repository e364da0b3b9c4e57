import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { HoldfastError } from '../HoldfastError.ts';

/** By these the runs of a model, or of a schedule, are found in Temporal's UI. */
export const SEARCH_ATTRIBUTES = ['HoldfastModel', 'HoldfastTrigger'] as const;

const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

/**
 * Registers what the namespace lacks and waits until it can be used. The dev server's own flag works only while its database
 * is new, and a server that is not ours never saw it.
 * @throws HoldfastError failedPrecondition with the commands to give, where the server refuses.
 */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
  signal?: AbortSignal,
): Promise<void> {
  const missing = async (): Promise<string[]> => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return SEARCH_ATTRIBUTES.filter(name => customAttributes[name] !== KEYWORD);
  };
  try {
    const names = await missing();
    if (names.length === 0) return;
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(names.map(name => [name, KEYWORD])),
    });
    for (let tries = 0; tries < 100 && (await missing()).length > 0; tries++) {
      await sleep(100, undefined, { signal });
    }
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new HoldfastError(
      'failedPrecondition',
      `Temporal's namespace ${namespace} lacks the search attributes ${SEARCH_ATTRIBUTES.join(' and ')} and refuses to add them (${error instanceof Error ? error.message : String(error)}): ${SEARCH_ATTRIBUTES.map(name => `\`temporal operator search-attribute create --namespace ${namespace} --name ${name} --type Keyword\``).join(' and ')} as its operator.`,
      { cause: error },
    );
  }
}
