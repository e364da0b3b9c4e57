import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Of this checkout, as package.json says it. */
export const holdfastVersion: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))).version;
