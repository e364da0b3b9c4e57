import {
  createWasmMemory,
  instantiateKernels,
  type Kernels,
  MAXIMUM_PAGES,
  PAGE_BYTES,
  type WasmMemory,
} from './kernelModule.ts';

/** Memory that kernels work on: arrays are taken one after another and all given back at the end of the work. */
export interface KernelMemory {
  readonly kernels: Kernels;
  /** For another thread, whose kernels then see the same arrays. */
  readonly shared: WasmMemory;
  /** Whether kernels reach the array where it is. */
  holds(array: Float32Array): boolean;
  /** All zero, at a place (`byteOffset`) that 16 divides, with eight bytes of zeros behind it at least. */
  uint8(length: number): Uint8Array;
  int32(length: number): Int32Array;
  float32(length: number): Float32Array;
  float64(length: number): Float64Array;
}

/** A thread keeps up to so much from one work to the next: taking memory anew costs more than a small fit. */
const KEPT_BYTES = 2 ** 26;

interface Arena extends KernelMemory {
  /** Where the next array comes. */
  readonly next: number;
  /** Gives back what was taken from this place on. */
  release(place: number): void;
  readonly bytes: number;
}

let arena: Arena | null = null;
/** Works that are going on, one within the other. */
let depth = 0;

/**
 * Runs a work with memory of its own. Nothing of it may be used afterwards: what is to last is copied. A work within a work takes
 * from the same memory, so that its kernels reach what the outer one has taken.
 * @throws RangeError where the works ask for more than 32-bit addresses reach
 */
export function withKernelMemory<Result>(work: (memory: KernelMemory) => Result): Result {
  const own = (arena ??= createArena());
  const from = own.next;
  depth += 1;
  try {
    return work(own);
  } finally {
    own.release(from);
    depth -= 1;
    if (depth === 0 && own.bytes > KEPT_BYTES) arena = null;
  }
}

function createArena(): Arena {
  const shared = createWasmMemory();
  const kernels = instantiateKernels(shared);
  let next = 0;
  /** From here on the memory was never used, so it is zero. */
  let fresh = 0;
  /** A memory that grows shows a new buffer each time. */
  const buffers = new WeakSet<object>();
  const take = (bytes: number): [SharedArrayBuffer, number] => {
    const at = next;
    const end = Math.ceil((at + bytes + 8) / 16) * 16;
    const pages = Math.ceil(end / PAGE_BYTES);
    const present = shared.buffer.byteLength / PAGE_BYTES;
    if (pages > MAXIMUM_PAGES)
      throw new RangeError(
        `the training data needs more than the ${MAXIMUM_PAGES / 2 ** 14} GiB that a kernel reaches; train on a sample of the rows, or on fewer columns`,
      );
    if (pages > present) shared.grow(pages - present);
    if (at < fresh) new Uint8Array(shared.buffer, at, Math.min(end, fresh) - at).fill(0);
    next = end;
    const { buffer } = shared;
    buffers.add(buffer);
    return [buffer, at];
  };
  return {
    kernels,
    shared,
    uint8: length => new Uint8Array(...take(length), length),
    int32: length => new Int32Array(...take(4 * length), length),
    float32: length => new Float32Array(...take(4 * length), length),
    float64: length => new Float64Array(...take(8 * length), length),
    holds: ({ buffer }) => buffers.has(buffer),
    get next() {
      return next;
    },
    release: place => {
      fresh = Math.max(fresh, next);
      next = place;
    },
    get bytes() {
      return shared.buffer.byteLength;
    },
  };
}
