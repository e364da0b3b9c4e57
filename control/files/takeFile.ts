import { stat } from 'node:fs/promises';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { MAXIMUM_SENT_BYTES } from '../../platform/maximumFileBytes.ts';
import type { ControlPorts } from '../ControlPorts.ts';

/** A file of a request: its bytes, or what FileService.Send called it. */
interface GivenFile {
  readonly content: Uint8Array;
  readonly digest: string;
  /** Of the field with the digest, for messages. */
  readonly field: string;
  readonly maximumBytes: number;
}

/**
 * The artifact that a request's file is.
 * @throws HoldfastError invalidArgument (both are given, or it is too large); notFound (it was not sent)
 */
export async function takeFile(
  { artifacts }: Pick<ControlPorts, 'artifacts'>,
  { content, digest, field, maximumBytes }: GivenFile,
): Promise<string> {
  if (digest === '') return artifacts.put(content);
  if (content.length > 0) throw refused(field, 'expected none beside the file itself');
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw refused(
      field,
      `expected a SHA-256 in 64 lower-case hexadecimal digits, got ${JSON.stringify(digest)}`,
    );
  if (!(await artifacts.has(digest)))
    throw new HoldfastError(
      'notFound',
      `${field}: no file ${digest} was sent. Send it by holdfast.v1.FileService/Send first.`,
    );
  const { size } = await stat(await artifacts.path(digest));
  if (size > maximumBytes)
    throw refused(field, `expected a file of at most ${maximumBytes} bytes, got one of ${size}`);
  return digest;
}

/** The same of a table, which the workers read in pieces. */
export const takeTable = (
  ports: Pick<ControlPorts, 'artifacts'>,
  table: Pick<GivenFile, 'content' | 'digest'>,
): Promise<string> => takeFile(ports, { ...table, field: 'digest', maximumBytes: MAXIMUM_SENT_BYTES });

const refused = (field: string, description: string): HoldfastError =>
  new HoldfastError('invalidArgument', `The file is not taken: ${field}: ${description}.`, {
    violations: [{ field, description }],
  });
