import { z } from 'zod';

/** Of everything that a fault test draws: HOLDFAST_TEST_SEED (CI gives a new one each time), or always the same. */
export const testSeed = z.coerce
  .number()
  .int()
  .min(0)
  .default(1)
  .parse(process.env.HOLDFAST_TEST_SEED === '' ? undefined : process.env.HOLDFAST_TEST_SEED);

/** Says by which seed a failure can be had again. */
export async function withSeed<T>(test: () => Promise<T>): Promise<T> {
  try {
    return await test();
  } catch (error) {
    console.error(`      drawn with HOLDFAST_TEST_SEED=${testSeed}`);
    throw error;
  }
}
