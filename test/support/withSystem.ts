import { after, before } from 'mocha';
import type { Offer } from '../../ml/definition/ProjectDefinition.ts';
import { registerVersions } from '../../db/models/registerVersions.ts';
import { startControl } from '../../control/startControl.ts';
import { createTemporal } from '../../control/temporal/createTemporal.ts';
import { collectLogs } from './collectLogs.ts';
import { recordRun, sampleCandidate } from './registrySamples.ts';
import type { HoldfastOptions } from './runHoldfast.ts';
import { smallModel } from './smallModel.ts';
import { type InferenceWorld, type Served, withInference } from './withInference.ts';
import { withTemporaryFolder } from './withTemporaryFolder.ts';

export interface SystemWorld extends InferenceWorld {
  readonly served: Served;
  /** Where the command finds the servers. */
  readonly addresses: Pick<HoldfastOptions, 'control' | 'inference'>;
}

/**
 * Control and inference over one registry with two versions of the small model, the first in Production; no Temporal. The
 * second version's probabilities are others.
 */
export const withSystem = <T>(
  test: (world: SystemWorld) => Promise<T>,
  { offer }: { readonly offer?: Offer } = {},
): Promise<T> =>
  withInference(async world => {
    const { database, artifacts } = world;
    const models = [smallModel(), smallModel({ shift: 1 })];
    await recordRun(database);
    await registerVersions(
      database,
      'run-1',
      models.map(({ digest, metadata }, index) =>
        sampleCandidate(`trainer${index + 1}`, {
          digest,
          threshold: metadata.threshold,
          signature: { inputs: metadata.inputs, label: metadata.label, id: metadata.id, offer },
        }),
      ),
    );
    for (const { bytes } of models) await artifacts.put(bytes);
    await world.promote(1);
    const served = await world.start();
    const temporal = createTemporal('127.0.0.1:1', 'default');
    const { logger } = collectLogs();
    const control = await startControl({
      database,
      connectionString: world.databaseUrl,
      artifacts,
      temporal,
      logger,
      defaultModel: 'churn',
      trustedProxies: ['127.0.0.1'],
      dataRoots: [],
      address: 'test',
      host: '127.0.0.1',
      port: 0,
    });
    const addresses = {
      control: `127.0.0.1:${control.port}`,
      inference: `127.0.0.1:${served.inference.port}`,
    };
    try {
      return await test({ ...world, served, addresses });
    } finally {
      await control.close();
      await temporal.close();
    }
  });

type Shared = <T>(test: (world: SystemWorld) => Promise<T>) => Promise<T>;

/** The same system for all tests of a file or a `describe` that change nothing in it: each gets a folder of its own as its home. */
export function shareSystem(): Shared {
  let world: SystemWorld;
  let running: Promise<void>;
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  before(async () => {
    const { promise: isUp, resolve: start } = Promise.withResolvers<SystemWorld>();
    running = withSystem(async system => {
      start(system);
      await isOver;
    });
    await Promise.race([isUp, running]);
    world = await isUp;
  });
  after(async () => {
    end();
    await running;
  });
  return test => withTemporaryFolder(home => test({ ...world, home }));
}
