import type { DescEnum } from '@bufbuild/protobuf';
import { shorten } from '../../platform/shorten.ts';
import { didYouMean } from '../../platform/suggest.ts';
import type { Encode } from './scalarEncoders.ts';
import type { WireWriter } from './WireWriter.ts';

/** A value of an enum by its name, or by its number; one that the enum does not have is refused. */
export function enumEncoder({ typeName, name, values, value: byNumber }: DescEnum): Encode {
  if (typeName === 'google.protobuf.NullValue')
    return (json, out) => {
      if (!json.takeNull()) throw json.unexpected('null');
      out.uint32(0);
    };
  const byName = new Map(values.map(value => [value.name, value.number]));
  const known = values.map(value => value.name).join(', ');
  return (json, out) => {
    if (json.kind() === 'number') {
      const number = json.number();
      if (byNumber[number] === undefined)
        throw json.fault(`expected a value of ${name} (${known}), got ${number}`);
      return write(out, number);
    }
    if (json.kind() !== 'text') throw json.unexpected(`a value of ${name} (${known})`);
    const text = json.string();
    const number = byName.get(text);
    if (number === undefined)
      throw json.fault(
        `expected a value of ${name}, got ${JSON.stringify(shorten(text, 60))}.${didYouMean(text, byName.keys())} Expected one of ${known}`,
      );
    write(out, number);
  };
}

const write = (out: WireWriter, number: number): void =>
  number >= 0 ? out.uint32(number) : out.uint64(BigInt(number));
