import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { kernelNames } from '../../ml/kernels/kernelCode.ts';
import { instantiateKernels, type WasmMemory } from '../../ml/kernels/kernelModule.ts';
import { GLANCES, type MemberControl, MemberState } from './memberControl.ts';

// A crew's member: sleeps until its turn, runs the named kernel on the shared memory, says that it is done. It never ends by
// itself: the thread that started it ends it, or ends with it.

interface MemberData {
  readonly control: MemberControl;
  readonly memory: WasmMemory;
  readonly port: MessagePort;
}

const { control, memory, port }: MemberData = workerData;
const { state, kernel, values } = control;
let kernels = instantiateKernels(memory);
const pass = (next: number): void => {
  Atomics.store(state, 0, next);
  Atomics.notify(state, 0);
};

Atomics.store(state, 2, threadNumber());
pass(MemberState.ready);
for (;;) {
  awaitTurn();
  try {
    if (Atomics.exchange(state, 1, 0) === 1)
      kernels = instantiateKernels(receiveMessageOnPort(port)?.message);
    kernels[kernelNames[kernel[0]]](...values.subarray(0, kernel[1]));
    pass(MemberState.ready);
  } catch {
    pass(MemberState.failed);
  }
}

function awaitTurn(): void {
  for (let glance = 0; glance < GLANCES; glance++) if (Atomics.load(state, 0) === MemberState.working) return;
  for (;;) {
    const present = Atomics.load(state, 0);
    if (present === MemberState.working) return;
    Atomics.wait(state, 0, present);
  }
}

/** Linux shows it; 0 elsewhere. */
function threadNumber(): number {
  try {
    return Number(basename(readlinkSync('/proc/thread-self')));
  } catch {
    return 0;
  }
}
