import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readConfiguration } from '../../platform/configuration.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { refuseSharedPorts } from '../../platform/lifecycle/refuseSharedPorts.ts';

describe('readConfiguration', () => {
  for (const [what, environment, said] of [
    ['a port that is none', { HOLDFAST_HTTP_PORT: '70000' }, /HOLDFAST_HTTP_PORT.*"70000"/],
    ['a port that is no number', { HOLDFAST_CONTROL_PORT: 'abc' }, /HOLDFAST_CONTROL_PORT.*"abc"/],
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

const wanted = (variable: string, port: number) => ({ purpose: variable, variable, port });

describe('refuseSharedPorts', () => {
  it('names the two variables that give one port', () => {
    assert.throws(
      () =>
        refuseSharedPorts([
          wanted('HOLDFAST_INFERENCE_PORT', 9000),
          wanted('HOLDFAST_HTTP_PORT', 8080),
          wanted('HOLDFAST_CONTROL_PORT', 9000),
        ]),
      /^HoldfastError: HOLDFAST_INFERENCE_PORT and HOLDFAST_CONTROL_PORT are both 9000: give each a port of its own\.$/,
    );
  });

  it('takes ports that differ', () => {
    assert.doesNotThrow(() =>
      refuseSharedPorts([wanted('HOLDFAST_INFERENCE_PORT', 9000), wanted('HOLDFAST_CONTROL_PORT', 9001)]),
    );
  });
});
