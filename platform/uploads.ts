// How a run is told to read what was sent with a request: the file lies in the artifact store under its digest, and keeps the
// name that its sender gave it.

const pattern = /^upload:([0-9a-f]{64})\/([^\0]{0,200})$/;

/** Where the bytes are, and what they were called. */
export interface Upload {
  readonly digest: string;
  readonly name: string;
}

export const uploadAddress = ({ digest, name }: Upload): string =>
  `upload:${digest}/${name.replaceAll('\0', '')}`.slice(0, 7 + 64 + 1 + 200);

/** Null where it is no address of an upload. */
export function parseUpload(address: string): Upload | null {
  const [, digest, name] = pattern.exec(address) ?? [];
  return digest === undefined ? null : { digest, name };
}
