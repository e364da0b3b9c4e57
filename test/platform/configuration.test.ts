import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readConfiguration } from '../../platform/configuration.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { refuseSharedPorts } from '../../platform/lifecycle/refuseSharedPorts.ts';

describe('readConfiguration', () => {
  for (const [what, environment, said] of [
    [
      'a port that is none',
      { HOLDFAST_HTTP_PORT: '70000' },
      /HOLDFAST_HTTP_PORT: expected a whole number from 1 to 65535, got "70000"\. Change/,
    ],
    [
      'a port that is no number',
      { HOLDFAST_CONTROL_PORT: 'abc' },
      /HOLDFAST_CONTROL_PORT: expected a whole number from 1 to 65535, got "abc"\. Change/,
    ],
    [
      'a count with a fraction',
      { INFERENCE_PROCESSES: '1.5' },
      /: expected a whole number from 1 to 64, got "1\.5"\./,
    ],
    ['a share of all and more', { HOLDFAST_TRACE_SAMPLE: '2' }, /: expected a number from 0 to 1, got "2"\./],
    ['an MLflow that is no server', { MLFLOW_TRACKING_URI: 'databricks' }, /MLFLOW_TRACKING_URI.*http:\/\//],
    [
      'an origin with a path',
      { HOLDFAST_CORS_ORIGINS: 'https://a.example/x' },
      /HOLDFAST_CORS_ORIGINS.*https:\/\//,
    ],
    [
      'a proxy by its name',
      { HOLDFAST_TRUSTED_PROXIES: '10.1.2.3,proxy' },
      /HOLDFAST_TRUSTED_PROXIES.*10\.1/,
    ],
    [
      'a folder that is relative',
      { HOLDFAST_DATA_ROOTS: '/srv:tables' },
      /HOLDFAST_DATA_ROOTS.*absolute paths/,
    ],
    [
      'a public address that is none',
      { HOLDFAST_PUBLIC_URL: 'example.com' },
      /HOLDFAST_PUBLIC_URL.*https:\/\//,
    ],
    ['a level of the log that is none', { HOLDFAST_LOG_LEVEL: 'loud' }, /HOLDFAST_LOG_LEVEL.*"loud"/],
  ] as const)
    it(`refuses ${what}, by the variable's name`, () => {
      assert.throws(
        () => readConfiguration(environment),
        (error: unknown) =>
          error instanceof HoldfastError && error.code === 'invalidArgument' && said.test(error.message),
      );
    });

  for (const [what, environment] of [
    ['an MLflow address with a password in it', { MLFLOW_TRACKING_URI: 'http://ada:hunter2@mlflow' }],
    ['a token that is none', { MLFLOW_TRACKING_URI: 'http://mlflow', MLFLOW_TRACKING_TOKEN: 'hunter2\n' }],
  ] as const)
    it(`refuses ${what} without repeating it`, () => {
      assert.throws(
        () => readConfiguration(environment),
        (error: unknown) =>
          error instanceof HoldfastError &&
          /MLFLOW_TRACKING_(URI|TOKEN): expected/.test(error.message) &&
          !JSON.stringify([error.message, error.violations]).includes('hunter2'),
      );
    });

  for (const [what, environment, authorization] of [
    ['no credentials', {}, null],
    ['a token', { MLFLOW_TRACKING_TOKEN: 'abc' }, 'Bearer abc'],
    [
      'user and password before a token',
      { MLFLOW_TRACKING_TOKEN: 'abc', MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'å' },
      'Basic YWRhOsOl',
    ],
  ] as const)
    it(`gives MLflow ${what}`, () => {
      const { tracking } = readConfiguration({ MLFLOW_TRACKING_URI: 'http://mlflow/base/', ...environment });
      assert.deepEqual(tracking, { url: 'http://mlflow/base', authorization, experiment: null });
    });

  it('believes loopback, its own address and the proxies that are named', () => {
    const { trustedProxies } = readConfiguration({
      HOLDFAST_BIND: '10.1.2.3',
      HOLDFAST_TRUSTED_PROXIES: '10.1.2.4, fd00::7',
    });
    assert.deepEqual(trustedProxies, ['127.0.0.1', '::1', '10.1.2.3', '10.1.2.4', 'fd00::7']);
    const named = readConfiguration({ HOLDFAST_BIND: 'scoring.example' });
    assert.deepEqual(named.trustedProxies, ['127.0.0.1', '::1']);
  });

  it('takes cookies for https alone where the public address is https', () => {
    assert.equal(readConfiguration({}).isPublicHttps, false);
    assert.equal(readConfiguration({ HOLDFAST_PUBLIC_URL: 'http://a.example' }).isPublicHttps, false);
    assert.equal(readConfiguration({ HOLDFAST_PUBLIC_URL: 'https://a.example' }).isPublicHttps, true);
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
