import { existsSync } from 'node:fs';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Crew } from '../../ml/kernels/Crew.ts';
import { kernelNames } from '../../ml/kernels/kernelCode.ts';
import type { WasmMemory } from '../../ml/kernels/kernelModule.ts';
import { createControl, GLANCES, type MemberControl, MemberState } from './memberControl.ts';

// A crew of worker threads below the training thread, which blocks while they work: everything between them goes through
// shared memory, by Atomics. The members end with the thread that made them, so aborting a task leaves none behind.

export interface ThreadCrew extends Crew {
  /** Ends the members. */
  close(): Promise<void>;
}

interface Member {
  readonly worker: Worker;
  readonly control: MemberControl;
  readonly port: MessagePort;
  /** What its kernels work on. */
  memory: WasmMemory;
}

/** A step takes far less: then it is time to look whether the member is still there. */
const LOOK_AFTER_MS = 500;
/** Where the system does not show its threads, one is given up after so many looks: ten minutes in one step. */
const MOST_LOOKS = 1200;

/**
 * @param wanted how many members may work now, the calling thread among them; asked before every step. Members are started when
 *   they are first wanted, and take part from when they are ready: nothing waits for a start.
 */
export function createThreadCrew(wanted: () => number): ThreadCrew {
  const members: Member[] = [];
  let memory: WasmMemory | null = null;

  /** Starts members that are wanted, and answers those that can take a step now. */
  const readyMembers = (): Member[] => {
    const helpers = wanted() - 1;
    // Without a memory to work on there is nothing to start for.
    if (memory !== null) while (members.length < helpers) members.push(startMember(memory));
    return members
      .slice(0, Math.max(0, helpers))
      .filter(({ control }) => Atomics.load(control.state, 0) === MemberState.ready);
  };

  return {
    get size() {
      return 1 + readyMembers().length;
    },
    run({ shared, kernels }, kernel, argumentsOf) {
      memory = shared;
      const working = argumentsOf.length > 1 ? readyMembers().slice(0, argumentsOf.length - 1) : [];
      for (const [index, member] of working.entries()) {
        attach(member, shared);
        begin(member, kernelNames.indexOf(kernel), argumentsOf[index + 1]);
      }
      kernels[kernel](...argumentsOf[0]);
      // Where a member was wanted no more since the caller asked for the size, its part is done here.
      for (const own of argumentsOf.slice(1 + working.length)) kernels[kernel](...own);
      for (const { control } of working) awaitMember(control);
    },
    async close() {
      await Promise.all(members.splice(0).map(({ worker }) => worker.terminate()));
    },
  };
}

function startMember(memory: WasmMemory): Member {
  const control = createControl();
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL('./crewMember.ts', import.meta.url), {
    workerData: { control, memory, port: port2 },
    transferList: [port2],
    execArgv: [],
    name: 'training-crew',
  });
  // One that ends between two steps takes part no more.
  const leave = (): void => void Atomics.store(control.state, 0, MemberState.failed);
  worker.once('error', leave).once('exit', leave);
  worker.unref();
  port1.unref();
  return { worker, control, port: port1, memory };
}

function attach(member: Member, memory: WasmMemory): void {
  if (member.memory === memory) return;
  member.memory = memory;
  member.port.postMessage(memory, []);
  Atomics.store(member.control.state, 1, 1);
}

function begin({ control }: Member, kernel: number, values: readonly number[]): void {
  control.kernel[0] = kernel;
  control.kernel[1] = values.length;
  control.values.set(values);
  Atomics.store(control.state, 0, MemberState.working);
  Atomics.notify(control.state, 0);
}

/**
 * This thread is held up meanwhile, and hears of no event: that a member has ended it can only see.
 * @throws Error where the member failed, or ended, as it does where its memory does not suffice
 */
function awaitMember({ state }: MemberControl): void {
  for (let glance = 0; glance < GLANCES && Atomics.load(state, 0) === MemberState.working; glance++);
  for (let looks = 1; Atomics.load(state, 0) === MemberState.working; looks++)
    if (
      Atomics.wait(state, 0, MemberState.working, LOOK_AFTER_MS) === 'timed-out' &&
      hasEnded(state[2], looks)
    )
      throw new Error('a thread of the training crew ended in the middle of a step');
  if (Atomics.load(state, 0) === MemberState.failed)
    throw new Error('a thread of the training crew failed in its part of a step');
}

const hasEnded = (thread: number, looks: number): boolean =>
  thread === 0 ? looks > MOST_LOOKS : !existsSync(`/proc/self/task/${thread}`);
