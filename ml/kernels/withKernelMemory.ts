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
  /** All zero, at a place (`byteOffset`) that 16 divides, with room up to the next such place. */
  uint8(length: number): Uint8Array;
  int32(length: number): Int32Array;
  float32(length: number): Float32Array;
  float64(length: number): Float64Array;
}

/** A thread keeps up to so much from one work to the next: taking memory anew costs more than a small fit. */
const KEPT_BYTES = 2 ** 26;

interface Arena extends KernelMemory {
  /** Gives everything back. */
  clear(): void;
  readonly bytes: number;
}

let idle: Arena | null = null;

/**
 * Runs a work with memory of its own. Nothing of it may be used afterwards: what is to last is copied.
 * @throws RangeError where the work asks for more than 32-bit addresses reach
 */
export function withKernelMemory<Result>(work: (memory: KernelMemory) => Result): Result {
  const arena = idle ?? createArena();
  idle = null;
  try {
    return work(arena);
  } finally {
    if (arena.bytes <= KEPT_BYTES) {
      arena.clear();
      idle = arena;
    }
  }
}

function createArena(): Arena {
  const shared = createWasmMemory();
  const kernels = instantiateKernels(shared);
  let next = 0;
  /** From here on the memory was never used, so it is zero. */
  let fresh = 0;
  const take = (bytes: number): [SharedArrayBuffer, number] => {
    const at = next;
    next = Math.ceil((at + bytes) / 16) * 16;
    const pages = Math.ceil(next / PAGE_BYTES);
    const present = shared.buffer.byteLength / PAGE_BYTES;
    if (pages > MAXIMUM_PAGES)
      throw new RangeError(
        `the training data needs more than the ${MAXIMUM_PAGES / 2 ** 14} GiB that a kernel reaches; train on a sample of the rows, or on fewer columns`,
      );
    if (pages > present) shared.grow(pages - present);
    if (at < fresh) new Uint8Array(shared.buffer, at, Math.min(next, fresh) - at).fill(0);
    return [shared.buffer, at];
  };
  return {
    kernels,
    shared,
    uint8: length => new Uint8Array(...take(length), length),
    int32: length => new Int32Array(...take(4 * length), length),
    float32: length => new Float32Array(...take(4 * length), length),
    float64: length => new Float64Array(...take(8 * length), length),
    clear: () => {
      fresh = Math.max(fresh, next);
      next = 0;
    },
    get bytes() {
      return shared.buffer.byteLength;
    },
  };
}
