import { bindService } from '../platform/grpc/bindService.ts';
import {
  createGrpcServer,
  type GrpcServer,
  type GrpcServerOptions,
} from '../platform/grpc/createGrpcServer.ts';
import { readDescriptors } from '../platform/grpc/readDescriptors.ts';
import { MAXIMUM_FILE_BYTES } from '../platform/maximumFileBytes.ts';
import { AccountServiceService } from '../proto/gen/holdfast/v1/account.ts';
import { DatasetServiceService } from '../proto/gen/holdfast/v1/dataset.ts';
import { ExperimentServiceService } from '../proto/gen/holdfast/v1/experiment.ts';
import { FileServiceService } from '../proto/gen/holdfast/v1/file.ts';
import { ModelServiceService } from '../proto/gen/holdfast/v1/model.ts';
import { MonitoringServiceService } from '../proto/gen/holdfast/v1/monitoring.ts';
import { OutcomeServiceService } from '../proto/gen/holdfast/v1/outcome.ts';
import { RunServiceService } from '../proto/gen/holdfast/v1/run.ts';
import { SystemServiceService } from '../proto/gen/holdfast/v1/system.ts';
import { changeOwnPassword } from './accounts/changeOwnPassword.ts';
import { createUser } from './accounts/createUser.ts';
import { deleteUser } from './accounts/deleteUser.ts';
import { encodeCaller } from './accounts/encodeCaller.ts';
import { listUsers } from './accounts/listUsers.ts';
import { login } from './accounts/login.ts';
import { logout } from './accounts/logout.ts';
import { updateUser } from './accounts/updateUser.ts';
import { auditChanges } from './audit/auditChanges.ts';
import { listAudit } from './audit/listAudit.ts';
import type { ControlPorts } from './ControlPorts.ts';
import { withDataRoots } from './data/withDataRoots.ts';
import { getDataset } from './datasets/getDataset.ts';
import { ingest } from './datasets/ingest.ts';
import { listDatasets } from './datasets/listDatasets.ts';
import { upload } from './datasets/upload.ts';
import { validate } from './datasets/validate.ts';
import { adjustExperiment } from './experiments/adjustExperiment.ts';
import { getExperiment } from './experiments/getExperiment.ts';
import { getResults } from './experiments/getResults.ts';
import { listExperiments } from './experiments/listExperiments.ts';
import { startExperiment } from './experiments/startExperiment.ts';
import { stopExperiment } from './experiments/stopExperiment.ts';
import { sendFile } from './files/sendFile.ts';
import { archive, unarchive } from './models/archive.ts';
import { withIdempotencyKeys } from './idempotency/withIdempotencyKeys.ts';
import { getArtifact } from './models/getArtifact.ts';
import { getModel } from './models/getModel.ts';
import { getProductionAt } from './models/getProductionAt.ts';
import { getReport, getReportPage } from './models/getReport.ts';
import { getVersion } from './models/getVersion.ts';
import { history } from './models/history.ts';
import { importVersion } from './models/importVersion.ts';
import { listModels } from './models/listModels.ts';
import { listVersions } from './models/listVersions.ts';
import { promote } from './models/promote.ts';
import { rollback } from './models/rollback.ts';
import { createApiKey } from './keys/createApiKey.ts';
import { listApiKeys } from './keys/listApiKeys.ts';
import { revokeApiKey } from './keys/revokeApiKey.ts';
import { withModelLimits } from './keys/withModelLimits.ts';
import { getBaseline } from './monitoring/getBaseline.ts';
import { setBaseline } from './monitoring/setBaseline.ts';
import { getCustomer } from './outcomes/getCustomer.ts';
import { listCustomers } from './outcomes/listCustomers.ts';
import { recordOutcomes } from './outcomes/recordOutcomes.ts';
import { cancelRun } from './runs/cancelRun.ts';
import { getRun } from './runs/getRun.ts';
import { listRuns } from './runs/listRuns.ts';
import { startTraining } from './runs/startTraining.ts';
import { watchRun } from './runs/watchRun.ts';
import { getStatus } from './system/getStatus.ts';

/** Control's gRPC server over its ports, not yet listening: each method is one function of a file named like it. */
export const buildControlServer = (
  ports: ControlPorts,
  { observers, security }: Pick<GrpcServerOptions, 'observers' | 'security'> = {},
): GrpcServer => {
  const descriptors = readDescriptors();
  return createGrpcServer({
    descriptors,
    logger: ports.logger,
    authorizer: ports.authorizer,
    observers,
    security,
    // A model file of the largest size, with its samples and the rest of the message.
    maximumMessageBytes: MAXIMUM_FILE_BYTES + 32 * 1024 * 1024,
    services: auditChanges(
      withDataRoots(
        ports,
        withModelLimits(
          ports.defaultModel,
          withIdempotencyKeys(ports, descriptors, [
            bindService(ModelServiceService, {
              listModels: (request, { principal }) => listModels(ports, request, principal),
              getModel: request => getModel(ports, request),
              listVersions: request => listVersions(ports, request),
              getVersion: request => getVersion(ports, request),
              getReport: request => getReport(ports, request),
              getReportPage: request => getReportPage(ports, request),
              promote: (request, { principal }) => promote(ports, request, principal.name),
              rollback: (request, { principal }) => rollback(ports, request, principal.name),
              importVersion: (request, { principal }) => importVersion(ports, request, principal.name),
              getArtifact: request => getArtifact(ports, request),
              archive: (request, { principal }) => archive(ports, request, principal.name),
              unarchive: request => unarchive(ports, request),
              getProductionAt: request => getProductionAt(ports, request),
              history: request => history(ports, request),
            }),
            bindService(RunServiceService, {
              startTraining: (request, { principal, operation }) =>
                startTraining(ports, request, principal.name, operation),
              get: (request, { principal }) => getRun(ports, request, principal),
              list: request => listRuns(ports, request),
              cancel: request => cancelRun(ports, request),
              watch: (request, { principal, signal }) => watchRun(ports, request, principal, signal),
            }),
            bindService(DatasetServiceService, {
              list: request => listDatasets(ports, request),
              get: request => getDataset(ports, request),
              ingest: (request, { principal, operation }) =>
                ingest(ports, request, principal.name, operation),
              upload: (request, { principal, operation }) =>
                upload(ports, request, principal.name, operation),
              validate: request => validate(ports, request),
            }),
            bindService(FileServiceService, { send: parts => sendFile(ports, parts) }),
            bindService(ExperimentServiceService, {
              start: (request, { principal, operation }) =>
                startExperiment(ports, request, principal.name, operation),
              adjust: (request, { principal }) => adjustExperiment(ports, request, principal.name),
              stop: (request, { principal }) => stopExperiment(ports, request, principal.name),
              get: request => getExperiment(ports, request),
              results: request => getResults(ports, request),
              list: request => listExperiments(ports, request),
            }),
            bindService(OutcomeServiceService, {
              recordOutcomes: (request, { principal }) => recordOutcomes(ports, request, principal.name),
              listCustomers: request => listCustomers(ports, request),
              getCustomer: request => getCustomer(ports, request),
            }),
            bindService(MonitoringServiceService, {
              getBaseline: request => getBaseline(ports, request),
              setBaseline: (request, { principal }) => setBaseline(ports, request, principal.name),
            }),
            bindService(SystemServiceService, { getStatus: () => getStatus(ports) }),
            bindService(AccountServiceService, {
              login: (request, context) => login(ports, request, context),
              logout: (_request, context) => logout(ports, context),
              me: async (_request, { principal }) => encodeCaller(principal),
              changePassword: (request, context) => changeOwnPassword(ports, request, context),
              createUser: request => createUser(ports, request),
              listUsers: request => listUsers(ports, request),
              updateUser: (request, context) => updateUser(ports, request, context),
              deleteUser: (request, context) => deleteUser(ports, request, context),
              createKey: (request, context) => createApiKey(ports, request, context),
              listKeys: (request, context) => listApiKeys(ports, request, context),
              revokeKey: (request, context) => revokeApiKey(ports, request, context),
              listAuditEvents: request => listAudit(ports, request),
            }),
          ]),
        ),
      ),
      ports,
    ),
  });
};
