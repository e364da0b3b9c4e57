// Everything that JavaScript's numbers are too slow for, compiled by `npm run gen` into ../kernelCode.ts. AssemblyScript, not
// TypeScript: every parameter is a place in the memory in bytes or a number, nothing is allocated, no bound is checked.
// Plain IEEE operations in a fixed order only (no relaxed SIMD, no fused multiply-add): the same bits on any machine.

export * from './perceptron';
export * from './neighbours';
export * from './binning';
export * from './boosting';
export * from './forest';
export * from './logistic';
