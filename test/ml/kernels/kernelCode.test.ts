import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { compileKernels, kernelCodePath } from '../../../bin/compileKernels.ts';

describe('ml/kernels/kernelCode.ts', () => {
  it('is what the sources compile to (else: npm run gen)', async () => {
    assert.equal(readFileSync(kernelCodePath, 'utf8'), await compileKernels());
  });
});
