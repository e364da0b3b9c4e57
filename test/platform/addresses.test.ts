import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { addressesOf } from '../../platform/addresses.ts';
import { readConfiguration } from '../../platform/configuration.ts';

describe('addressesOf', () => {
  for (const { bind, host } of [
    { bind: '', host: '127.0.0.1' },
    { bind: '0.0.0.0', host: '127.0.0.1' },
    { bind: '10.1.2.3', host: '10.1.2.3' },
    { bind: 'scoring.example', host: 'scoring.example' },
    { bind: '::', host: '[::1]' },
    { bind: 'fd00::7', host: '[fd00::7]' },
  ])
    it(`reaches our servers at ${host} where HOLDFAST_BIND is "${bind}", and all others on loopback`, () => {
      const configuration = readConfiguration({ HOLDFAST_BIND: bind });
      assert.deepEqual(addressesOf(configuration), {
        http: `${host}:8080`,
        control: `${host}:9001`,
        inference: `${host}:9000`,
        temporal: '127.0.0.1:7233',
        temporalUi: '127.0.0.1:8233',
      });
    });
});
