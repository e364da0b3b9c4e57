import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { describe, it } from 'mocha';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { expectError } from '../support/expectError.ts';
import { type ControlWorld, withControl } from '../support/withControl.ts';

// Which files of the workers may be named, and by whom: the gateway says that the call is for somebody elsewhere.

const elsewhere = () => {
  const metadata = new Metadata();
  metadata.set('x-forwarded-for', '203.0.113.7');
  return { metadata };
};

const started = { workflowId: '', trigger: '' };
const none = Buffer.alloc(0);

/** Everything that names a file. */
const ways = ({ runs, datasets, models }: ControlWorld) =>
  new Map<string, (data: string, options?: ReturnType<typeof elsewhere>) => Promise<unknown>>([
    [
      'train',
      (data, options) => runs.startTraining({ model: 'churn', data, recipe: '', ...started }, options),
    ],
    ['ingest', (data, options) => datasets.ingest({ model: 'churn', data, ...started }, options)],
    [
      'validate',
      (data, options) =>
        datasets.validate({ model: 'churn', content: none, digest: '', fileName: '', data }, options),
    ],
    [
      'import',
      (data, options) =>
        models.importVersion(
          {
            model: 'churn',
            content: Buffer.from('no model'),
            digest: '',
            fileName: '',
            trainer: '',
            columns: [],
            samples: none,
            samplesDigest: '',
            samplesName: '',
            data,
            allowSlow: false,
            trigger: '',
          },
          options,
        ),
    ],
  ]);

const refusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => assert.fail('it was taken'),
    (error: unknown) => {
      assert.ok(error instanceof HoldfastError && error.code === 'permissionDenied', String(error));
      return error.message;
    },
  );

describe('files of the workers', () => {
  it('are named from another machine below the roots only, and of no other is it told whether it is there', function () {
    return withControl(this, async world => {
      const { home, runs, datasets } = world;
      const secret = join(home, 'secret.csv');
      await writeFile(secret, 'a,b\n1,2\n');
      await mkdir(join(home, 'tables'));
      const outside = [
        secret,
        join(home, 'nowhere.csv'),
        '/etc/passwd',
        '/etc/no-such-file',
        `${home}/tables/../secret.csv`,
        `${home}/tables-2/x.csv`,
        join(home, 'tables'),
        '/',
      ];
      for (const [way, name] of ways(world)) {
        const told = new Set<string>();
        for (const path of outside)
          told.add((await refusal(name(path, elsewhere()))).replace(JSON.stringify(path), 'PATH'));
        assert.equal(told.size, 1, way);
        assert.match(
          [...told][0],
          /data: PATH cannot be named from another machine, whether it is there or not/,
        );
      }
      const below = { model: 'churn', data: join(home, 'tables', 'x.csv'), ...started };
      assert.notEqual((await datasets.ingest(below, elsewhere())).id, '');
      const object = { ...below, data: 's3://tables/x.csv' };
      assert.notEqual((await datasets.ingest(object, elsewhere())).id, '');
      const local = { model: 'churn', data: secret, recipe: '', ...started };
      assert.notEqual(
        (await runs.startTraining(local)).id,
        '',
        'who is on this machine sees its files anyhow',
      );
      await assert.rejects(
        datasets.ingest({ ...below, data: 'x.csv' }, elsewhere()),
        expectError('invalidArgument', /expected an absolute path/),
      );
    });
  });
});
