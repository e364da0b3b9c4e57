import { readFileSync } from 'node:fs';
import type { ZodType } from 'zod';

/** Reads test/golden/<name>.json, as the committed Python scripts wrote it, and checks that it has the shape the test reads. */
export const readGolden = <Shape>(name: string, shape: ZodType<Shape>): Shape =>
  shape.parse(JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8')));
