import { createHash } from 'node:crypto';
import { allocateBuckets } from '../../../ml/experiments/allocateBuckets.ts';
import { createAssignment } from '../../../ml/experiments/createAssignment.ts';

// A process of its own that assigns many units and prints the digest of all their arms: what another start, or another
// process, must print too.

const count = Number(process.argv[2]);
const arms = [
  { arm: 'A', weight: 5000 },
  { arm: 'B', weight: 3000 },
  { arm: 'C', weight: 2000 },
];
const assign = createAssignment('restarts', allocateBuckets([], arms));
const all = Buffer.alloc(count);
for (let unit = 0; unit < count; unit++) all[unit] = assign(`unit-${unit}`).charCodeAt(0);
process.stdout.write(createHash('sha256').update(all).digest('hex'));
