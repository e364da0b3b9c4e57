import { workerData } from 'node:worker_threads';

// The thread that ends the process of an adoption (endWithParent.ts). A process whose parent died is handed to another.

const LOOK_EVERY_MS = 500;

const { parent, limitMs }: { readonly parent: number; readonly limitMs: number } = workerData;
const end = (): void => void process.kill(process.pid, 'SIGKILL');
setTimeout(end, limitMs);
setInterval(() => {
  if (process.ppid !== parent) end();
}, LOOK_EVERY_MS);
