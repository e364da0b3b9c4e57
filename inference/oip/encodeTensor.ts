// Columns of answers as the bytes of raw_output_contents.

export const encodeFloats = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

export function encodeTexts(texts: readonly string[]): Buffer {
  const known = new Map<string, Buffer>();
  let size = 0;
  const elements = texts.map(text => {
    let element = known.get(text);
    if (element === undefined) {
      const bytes = Buffer.from(text);
      element = Buffer.alloc(4 + bytes.length);
      element.writeUInt32LE(bytes.length);
      bytes.copy(element, 4);
      known.set(text, element);
    }
    size += element.length;
    return element;
  });
  return Buffer.concat(elements, size);
}
