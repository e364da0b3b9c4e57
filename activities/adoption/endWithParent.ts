import { Worker } from 'node:worker_threads';

/**
 * Ends this process when its parent is gone or its time is up, from a thread of its own: the main thread may never come back from
 * native code. Keeps nothing alive.
 */
export function endWithParent(bounds: { readonly parent: number; readonly limitMs: number }): void {
  new Worker(new URL('./watchParent.ts', import.meta.url), { workerData: bounds, execArgv: [] }).unref();
}
