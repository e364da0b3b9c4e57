import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'mocha';
import { operatorSchemas } from '../../../../ml/onnx/foreign/operatorSchemas.ts';
import { requirePeer } from '../../../peers/requirePeer.ts';
import { withTemporaryFolder } from '../../../support/withTemporaryFolder.ts';

describe('operatorSchemas', () => {
  it('is what ONNX’s own schemas say', async function () {
    const python = requirePeer(this, 'python');
    const { stdout } = await promisify(execFile)(python, ['test/golden/make_operator_schemas.py']);
    await withTemporaryFolder(async folder => {
      const path = join(folder, 'made.ts');
      await writeFile(path, stdout);
      const made: unknown = await import(path);
      assert.deepEqual(operatorSchemas, Object(made).operatorSchemas);
    });
    assert.ok(Object.keys(operatorSchemas).length > 150);
  });
});
