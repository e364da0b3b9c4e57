import { ScalarType } from '@bufbuild/protobuf';
import { JsonFault } from './JsonFault.ts';
import { JsonReader } from './JsonReader.ts';
import { scalarEncoders } from './scalarEncoders.ts';
import type { WireWriter } from './WireWriter.ts';

/** A key of a map stands in the text as a name, whatever its type. */
export function keyEncoder(type: ScalarType): (name: string, json: JsonReader, out: WireWriter) => void {
  if (type === ScalarType.STRING) return (name, _json, out) => out.string(name);
  const { encode } = scalarEncoders[type];
  const isBoolean = type === ScalarType.BOOL;
  return (name, json, out) => {
    if (isBoolean && name !== 'true' && name !== 'false') throw json.fault('expected the name true or false');
    try {
      encode(new JsonReader(isBoolean ? name : JSON.stringify(name)), out);
    } catch (error) {
      throw error instanceof JsonFault ? json.fault(`as a name: ${error.message}`) : error;
    }
  };
}
