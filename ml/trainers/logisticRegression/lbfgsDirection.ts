import type { Direction } from './newtonDirection.ts';

const memory = 10;

/** L-BFGS by the two-loop recursion (Nocedal 1980; Nocedal & Wright 2006, algorithm 7.4), for feature counts whose Hessian is too large. */
export function lbfgsDirection(): Direction {
  const pairs: { step: Float64Array; change: Float64Array; product: number }[] = [];
  let previousParameters: Float64Array | null = null;
  let previousGradient: Float64Array | null = null;
  return (parameters, gradient) => {
    if (previousParameters !== null && previousGradient !== null) {
      const step = difference(parameters, previousParameters);
      const change = difference(gradient, previousGradient);
      const product = dot(step, change);
      // A pair without curvature says nothing about the Hessian and would spoil the direction.
      if (product > 1e-12 * dot(change, change)) pairs.push({ step, change, product });
      if (pairs.length > memory) pairs.shift();
    }
    previousParameters = parameters.slice();
    previousGradient = gradient.slice();

    const direction = gradient.slice();
    const shares: number[] = [];
    for (const pair of pairs.toReversed()) {
      const share = dot(pair.step, direction) / pair.product;
      shares.push(share);
      add(direction, pair.change, -share);
    }
    const last = pairs.at(-1);
    // Without a pair: a first step of length 1, as nothing is known of the scale.
    const scale =
      last === undefined
        ? 1 / Math.sqrt(dot(gradient, gradient))
        : last.product / dot(last.change, last.change);
    for (let index = 0; index < direction.length; index++) direction[index] *= scale;
    for (const pair of pairs) {
      const share = shares.pop() ?? 0;
      add(direction, pair.step, share - dot(pair.change, direction) / pair.product);
    }
    return direction.map(component => -component);
  };
}

const difference = (to: Float64Array, from: Float64Array): Float64Array =>
  to.map((value, index) => value - from[index]);

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += one[index] * other[index];
  return sum;
}

function add(target: Float64Array, vector: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index++) target[index] += factor * vector[index];
}
