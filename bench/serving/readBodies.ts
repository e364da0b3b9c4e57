import { readFileSync } from 'node:fs';

/** The messages of a file, each after its length in 4 bytes. */
export function readBodies(file: string): Buffer[] {
  const bytes = readFileSync(file);
  const bodies: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    bodies.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return bodies;
}
