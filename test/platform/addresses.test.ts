import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { addressesOf } from '../../platform/addresses.ts';
import { readConfiguration } from '../../platform/configuration.ts';

describe('addressesOf', () => {
  for (const { bind, inference } of [
    { bind: '', inference: '127.0.0.1:9000' },
    { bind: '0.0.0.0', inference: '127.0.0.1:9000' },
    { bind: '10.1.2.3', inference: '10.1.2.3:9000' },
    { bind: 'scoring.example', inference: 'scoring.example:9000' },
    { bind: '::', inference: '[::1]:9000' },
    { bind: 'fd00::7', inference: '[fd00::7]:9000' },
  ])
    it(`reaches inference at ${inference} where HOLDFAST_BIND is "${bind}", and all others on loopback`, () => {
      const configuration = readConfiguration({ HOLDFAST_BIND: bind });
      assert.deepEqual(addressesOf(configuration), {
        http: '127.0.0.1:8080',
        control: '127.0.0.1:9001',
        inference,
        temporal: '127.0.0.1:7233',
        temporalUi: '127.0.0.1:8233',
      });
    });
});
