import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { temporalLogger } from '../../../activities/worker/temporalLogger.ts';
import { collectLogs } from '../../support/collectLogs.ts';

describe('temporalLogger', () => {
  it('says which activity failed, and why', () => {
    const { logger, lines } = collectLogs();
    const error = new Error('The disk is full.');
    temporalLogger(logger).warn('Activity failed', { activityType: 'makeReport', attempt: 2, error });
    const [{ msg, level, err, attempt }] = lines;
    assert.deepEqual([msg, level, attempt], ['The activity makeReport failed', 40, 2]);
    assert.match(JSON.stringify(err), /The disk is full\./);
  });
});
