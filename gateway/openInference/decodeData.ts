import type { JsonValue } from '@bufbuild/protobuf';

/** The bytes of an output as `data`, flat. @throws TypeError for a datatype that no model's output has */
export function decodeData(datatype: string, bytes: Buffer): JsonValue[] {
  const data: JsonValue[] = [];
  if (datatype === 'FP32') for (let at = 0; at < bytes.length; at += 4) data.push(bytes.readFloatLE(at));
  else if (datatype === 'BYTES')
    for (let at = 0; at < bytes.length; ) {
      const from = at + 4;
      at = from + bytes.readUInt32LE(at);
      data.push(bytes.toString('utf8', from, at));
    }
  else throw new TypeError(`an output is ${datatype}, which has no JSON here`);
  return data;
}
