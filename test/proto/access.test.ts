import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readAccess } from '../../platform/access/readAccess.ts';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';
import { Role } from '../../proto/gen/holdfast/v1/access.ts';

// Default deny: a method that says nobody who may call it can be called by nobody, which no one wants.

describe('the access rule of each method', () => {
  const rules = readAccess(readDescriptors());

  it('is declared, and names a role where it is one', () => {
    assert.ok(rules.size > 30, `only ${rules.size} methods were found`);
    const without = [...rules].filter(([, rule]) => rule === null).map(([path]) => path);
    assert.deepEqual(without, [], 'declare `option (holdfast.v1.access)` on each and run `npm run gen`');
    const vague = [...rules].filter(
      ([, rule]) =>
        rule !== null &&
        (rule.$case === 'role' ? rule.value < Role.ROLE_VIEWER || rule.value > Role.ROLE_ADMIN : !rule.value),
    );
    assert.deepEqual(vague, []);
  });

  it('keeps what changes something from those who may only read', () => {
    const promote = rules.get('/holdfast.v1.ModelService/Promote');
    assert.deepEqual(promote, { $case: 'role', value: Role.ROLE_OPERATOR, beforePasswordChange: false });
  });
});
