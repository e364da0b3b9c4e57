import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileError } from './fileError.ts';

/** The text of a file, or of standard input where the path is `-`. @throws HoldfastError that says which file and why. */
export async function readText(path: string, stdin: NodeJS.ReadStream): Promise<string> {
  if (path === '-') return text(stdin);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw fileError(path, error);
  }
}
