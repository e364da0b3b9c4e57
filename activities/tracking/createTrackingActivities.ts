import type { TrackingSettings } from '../../platform/configuration.ts';
import type { ActivityPorts } from '../ActivityPorts.ts';
import { createMirrorRun } from './createMirrorRun.ts';
import { createMlflowClient } from './createMlflowClient.ts';

/** The activities of the tracking queue, over the MLflow that the environment names. */
export const createTrackingActivities = (
  ports: Pick<ActivityPorts, 'database' | 'artifacts' | 'logger'>,
  { url, authorization, experiment }: TrackingSettings,
) => ({
  mirrorRun: createMirrorRun({ ...ports, mlflow: createMlflowClient({ url, authorization }), experiment }),
});

export type TrackingActivities = ReturnType<typeof createTrackingActivities>;
