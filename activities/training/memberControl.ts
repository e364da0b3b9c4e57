// What a crew's thread and one of its members share beside the data: whose turn it is, and the step to run.

export const MemberState = { starting: 0, ready: 1, working: 2, failed: 3 } as const;

/** Looks at the state before sleeping: steps follow one another closely, and waking up takes longer than most waits. */
export const GLANCES = 2000;

export interface MemberControl {
  /** A MemberState; then 1 where another memory waits at the port; then the system's number of the thread, 0 where it has none to tell. */
  readonly state: Int32Array<SharedArrayBuffer>;
  /** The kernel's place in `kernelNames`; then the number of its arguments. */
  readonly kernel: Int32Array<SharedArrayBuffer>;
  readonly values: Float64Array<SharedArrayBuffer>;
}

/** More than any kernel takes. */
const MAXIMUM_ARGUMENTS = 32;

export const createControl = (): MemberControl => ({
  state: new Int32Array(new SharedArrayBuffer(12)),
  kernel: new Int32Array(new SharedArrayBuffer(8)),
  values: new Float64Array(new SharedArrayBuffer(8 * MAXIMUM_ARGUMENTS)),
});
