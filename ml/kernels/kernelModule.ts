import { kernelCode, type KernelName } from './kernelCode.ts';

// @types/node leaves WebAssembly to the DOM's types, which a program without a page does not load.
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { env: { memory: WasmMemory } },
  ) => { readonly exports: Kernels };
};

/** A WebAssembly.Memory, which another thread may be given too. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}

/** Places are in bytes. What a kernel takes is said at its source in assembly/. */
export type Kernels = Readonly<Record<KernelName, (...numbers: number[]) => number>>;

export const PAGE_BYTES = 65_536;
/** What 32-bit addresses reach. */
export const MAXIMUM_PAGES = 65_536;

// Once a thread: the engine then keeps what it has optimised.
let compiled: object | null = null;

/** The kernels over one memory. */
export function instantiateKernels(memory: WasmMemory): Kernels {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelCode), byte => byte.charCodeAt(0)));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports;
}

export const createWasmMemory = (): WasmMemory =>
  new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES, shared: true });
