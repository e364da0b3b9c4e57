import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readConfiguration } from '../../platform/configuration.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';

describe('readConfiguration', () => {
  for (const [what, environment, said] of [
    ['a port that is none', { HOLDFAST_HTTP_PORT: '70000' }, /HOLDFAST_HTTP_PORT.*"70000"/],
    ['a port that is no number', { HOLDFAST_CONTROL_PORT: 'abc' }, /HOLDFAST_CONTROL_PORT.*"abc"/],
    [
      'two processes on one port',
      { HOLDFAST_CONTROL_PORT: '19000', HOLDFAST_INFERENCE_PORT: '19000' },
      /HOLDFAST_INFERENCE_PORT and HOLDFAST_CONTROL_PORT are both 19000/,
    ],
    ['a port that another process has unless it is moved', { HOLDFAST_HTTP_PORT: '9001' }, /both 9001/],
    ['a level of the log that is none', { HOLDFAST_LOG_LEVEL: 'loud' }, /HOLDFAST_LOG_LEVEL.*"loud"/],
  ] as const)
    it(`refuses ${what}, by the variable's name`, () => {
      assert.throws(
        () => readConfiguration(environment),
        (error: unknown) =>
          error instanceof HoldfastError && error.code === 'invalidArgument' && said.test(error.message),
      );
    });

  it('takes an empty variable for one that is not set', () => {
    assert.equal(readConfiguration({ HOLDFAST_HTTP_PORT: '' }).ports.http, 8080);
  });
});
