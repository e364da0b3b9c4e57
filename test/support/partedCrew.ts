import type { Crew } from '../../ml/kernels/Crew.ts';

/** A crew of so many parts that one thread does one after another, the last first: what it makes must be the same. */
export function partedCrew(size: number): Crew & { readonly steps: () => number } {
  let steps = 0;
  return {
    size,
    run: ({ kernels }, kernel, argumentsOf) => {
      if (argumentsOf.length > 1) steps += 1;
      for (const each of argumentsOf.toReversed()) kernels[kernel](...each);
    },
    steps: () => steps,
  };
}
