// @types/node leaves WebAssembly to the DOM's types, which a program without a page does not load.
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: { workspace: { memory: object } },
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

const PAGE_BYTES = 65_536;

type Exported = (...numbers: number[]) => void;

/**
 * Gives a module of wasmModule() a memory of its own.
 * @returns the memory's bytes, all zero, and the function that the module exports by a name
 */
export function instantiateWasm(
  module: Uint8Array<ArrayBuffer>,
  memoryBytes: number,
): { readonly buffer: ArrayBuffer; readonly exported: (name: string) => Exported } {
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(memoryBytes / PAGE_BYTES)) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { workspace: { memory } });
  const exported = (name: string): Exported => {
    const found = exports[name];
    if (typeof found !== 'function') throw new TypeError(`the module exports no function ${name}`);
    return (...numbers) => void found(...numbers);
  };
  return { buffer: memory.buffer, exported };
}
