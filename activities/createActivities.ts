import type { ActivityPorts } from './ActivityPorts.ts';
import { createIngest } from './data/createIngest.ts';
import { createValidateData } from './data/createValidateData.ts';
import { createAdoptCandidate } from './foreign/createAdoptCandidate.ts';
import { createHandOver } from './foreign/createHandOver.ts';
import { createBeginImport } from './imports/createBeginImport.ts';
import { createImportFile } from './imports/createImportFile.ts';
import { createRegisterImport } from './imports/createRegisterImport.ts';
import { createAwaitLoaded } from './promotion/createAwaitLoaded.ts';
import { createMoveAlias } from './promotion/createMoveAlias.ts';
import { createVerifyArtifact } from './promotion/createVerifyArtifact.ts';
import { createReportVersion } from './reports/createReportVersion.ts';
import { createUnreportedVersions } from './reports/createUnreportedVersions.ts';
import { createBeginRun } from './runs/createBeginRun.ts';
import { createEndRun } from './runs/createEndRun.ts';
import { createRegisterCandidates } from './runs/createRegisterCandidates.ts';
import { createBlendCandidates } from './training/createBlendCandidates.ts';
import { createEvaluateVersion } from './training/createEvaluateVersion.ts';
import { createProductionVersion } from './promotion/createProductionVersion.ts';
import { createTrainCandidate } from './training/createTrainCandidate.ts';

// The side effects, one factory a file over the ports it needs. Every activity is idempotent: it is keyed by the run's id or
// by the digest of what it makes, so that an attempt after a crash finds what the last one left.

export const createActivities = (ports: ActivityPorts) => ({
  beginRun: createBeginRun(ports),
  ingest: createIngest(ports),
  validateData: createValidateData(ports),
  trainCandidate: createTrainCandidate(ports),
  handOver: createHandOver(ports),
  adoptCandidate: createAdoptCandidate(ports),
  blendCandidates: createBlendCandidates(ports),
  registerCandidates: createRegisterCandidates(ports),
  beginImport: createBeginImport(ports),
  importFile: createImportFile(ports),
  registerImport: createRegisterImport(ports),
  productionVersion: createProductionVersion(ports),
  evaluateVersion: createEvaluateVersion(ports),
  verifyArtifact: createVerifyArtifact(ports),
  moveAlias: createMoveAlias(ports),
  awaitLoaded: createAwaitLoaded(ports),
  endRun: createEndRun(ports),
  unreportedVersions: createUnreportedVersions(ports),
  reportVersion: createReportVersion(ports),
});

export type Activities = ReturnType<typeof createActivities>;
