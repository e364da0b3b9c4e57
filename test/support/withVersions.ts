import { moveAlias } from '../../db/aliases/moveAlias.ts';
import { registerSamples } from './registrySamples.ts';
import { type ControlWorld, withControl } from './withControl.ts';

/** Control over a registry with two versions of churn, the first in Production. */
export const withVersions = (
  test: Mocha.Context,
  work: (world: ControlWorld) => Promise<void>,
): Promise<void> =>
  withControl(test, async world => {
    await registerSamples(world.database, 2);
    const move = { model: 'churn', alias: 'production', version: 1, actor: 'test', reason: '' } as const;
    await moveAlias(world.database, { ...move, operationId: 'o' });
    await work(world);
  });
