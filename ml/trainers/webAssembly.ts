// WebAssembly written out by hand, for the few kernels that JavaScript's numbers are too slow for: instructions as nested
// lists of bytes, and the sections of a module. After the WebAssembly core specification 2.0, chapter 5 (binary format).

export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;
const SIMD = 0xfd;

export type Code = number | readonly Code[];

export const unsigned = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
const flat = (code: Code): number[] => (typeof code === 'number' ? [code] : code.flatMap(flat));
const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...flat(items)];
const section = (id: number, content: Code): number[] => {
  const bytes = flat(content);
  return [id, ...unsigned(bytes.length), ...bytes];
};
const text = (value: string): number[] => list([...new TextEncoder().encode(value)]);

export const get = (local: number): Code => [0x20, unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
/** 0 to 63: one signed byte. */
export const constant = (value: number): Code => [0x41, value];
export const add = (left: Code, right: Code): Code => [left, right, 0x6a];
export const subtract = (left: Code, right: Code): Code => [left, right, 0x6b];
export const shiftLeft = (value: Code, bits: number): Code => [value, constant(bits), 0x74];
export const isBelow = (left: Code, right: Code): Code => [left, right, 0x49];
/** Runs the body, and again as long as the condition holds after it. */
export const repeat = (body: Code, condition: Code): Code => [0x03, 0x40, body, condition, 0x0d, 0, 0x0b];
/** A SIMD instruction by its number, after its operands. */
export const simd = (number: number, ...operands: readonly Code[]): Code => [
  operands,
  SIMD,
  unsigned(number),
];

/** A function without a result. Its parameters are locals 0 and on; `locals` follow them, as [how many, type]. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly number[];
  readonly locals: readonly (readonly [number, number])[];
  readonly body: Code;
}

/** A module that imports `workspace.memory` and exports the functions. */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const bodies = functions.map(({ locals, body }): Code => {
    const bytes = flat([list(locals.map(([count, type]) => [unsigned(count), type])), body, 0x0b]);
    return [unsigned(bytes.length), bytes];
  });
  return Uint8Array.from(
    flat([
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, list(functions.map(({ parameters }) => [0x60, list(parameters), list([])]))),
      section(2, list([[text('workspace'), text('memory'), 0x02, 0x00, 0]])),
      section(3, list(functions.map((_, index) => unsigned(index)))),
      section(7, list(functions.map(({ name }, index) => [text(name), 0x00, unsigned(index)]))),
      section(10, list(bodies)),
    ]),
  );
}
