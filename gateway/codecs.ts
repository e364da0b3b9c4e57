import type { DescMethod } from '@bufbuild/protobuf';
import type { Codec } from './Codec.ts';
import { openInferenceCodec } from './openInference/openInferenceCodec.ts';
import { protoJsonCodec } from './protoJsonCodec.ts';

// Which codec reads and writes what: by a method's package, or by a path where no method is known. The first that fits.

export const codecs: readonly Codec[] = [openInferenceCodec, protoJsonCodec];

export const codecOf = ({ parent }: DescMethod): Codec =>
  codecs.find(({ packageName }) => packageName === parent.file.proto.package) ?? protoJsonCodec;

/** @param url as it came, query and all */
export function codecAt(url: string): Codec {
  const path = `${url.split('?', 1)[0]}/`;
  return codecs.find(({ prefix }) => path.startsWith(prefix)) ?? protoJsonCodec;
}
