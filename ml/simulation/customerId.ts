import { deriveSeed } from '../random/deriveSeed.ts';

const LETTERS = 26n ** 5n;
const SPACE = 10_000n * LETTERS;
/** About SPACE / the golden ratio, and coprime to it (odd, not divisible by 5 or 13), so that each row has its own id. */
const STRIDE = 73_430_981_369n;

/** An id as Telco's, `7590-VHVEG`: scattered over all ids, and unique among the rows of one seed. */
export function customerId(seed: number, row: number): string {
  const offset = BigInt(deriveSeed(seed, 'customer'));
  const place = (BigInt(row) * STRIDE + offset) % SPACE;
  let letters = '';
  for (let rest = Number(place % LETTERS); letters.length < 5; rest = Math.floor(rest / 26))
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
  return `${String(place / LETTERS).padStart(4, '0')}-${letters}`;
}
