import { createGrpcClient, type GrpcClient } from '../../platform/grpc/createGrpcClient.ts';
import type { ChannelSecurity } from '../../platform/tls/channelSecurity.ts';
import { HealthService } from '../../proto/gen/grpc/health/v1/health.ts';
import { AccountServiceService } from '../../proto/gen/holdfast/v1/account.ts';
import { DatasetServiceService } from '../../proto/gen/holdfast/v1/dataset.ts';
import { ExperimentServiceService } from '../../proto/gen/holdfast/v1/experiment.ts';
import { FileServiceService } from '../../proto/gen/holdfast/v1/file.ts';
import { ModelServiceService } from '../../proto/gen/holdfast/v1/model.ts';
import { MonitoringServiceService } from '../../proto/gen/holdfast/v1/monitoring.ts';
import { OutcomeServiceService } from '../../proto/gen/holdfast/v1/outcome.ts';
import { PredictionServiceService } from '../../proto/gen/holdfast/v1/prediction.ts';
import { RunServiceService } from '../../proto/gen/holdfast/v1/run.ts';
import { SystemServiceService } from '../../proto/gen/holdfast/v1/system.ts';

// The gRPC clients of the two servers. A channel connects when its first call is made, so creating them costs nothing.

export interface Addresses {
  readonly control: string;
  readonly inference: string;
}

export interface Clients {
  readonly addresses: Addresses;
  readonly models: GrpcClient<typeof ModelServiceService>;
  readonly runs: GrpcClient<typeof RunServiceService>;
  readonly datasets: GrpcClient<typeof DatasetServiceService>;
  readonly files: GrpcClient<typeof FileServiceService>;
  readonly experiments: GrpcClient<typeof ExperimentServiceService>;
  readonly outcomes: GrpcClient<typeof OutcomeServiceService>;
  readonly monitoring: GrpcClient<typeof MonitoringServiceService>;
  readonly accounts: GrpcClient<typeof AccountServiceService>;
  readonly system: GrpcClient<typeof SystemServiceService>;
  readonly prediction: GrpcClient<typeof PredictionServiceService>;
  /** Of the inference server. */
  readonly health: GrpcClient<typeof HealthService>;
  close(): void;
}

export interface ClientsOptions {
  readonly security?: ChannelSecurity;
  /** What a server at this address is presented with every call. */
  readonly secretFor: (address: string) => string | undefined;
}

export function createClients(addresses: Addresses, { security, secretFor }: ClientsOptions): Clients {
  const to = (address: string, peer: string) => ({ address, peer, security, secret: secretFor(address) });
  const control = to(addresses.control, 'the control server');
  const inference = to(addresses.inference, 'the inference server');
  const clients = {
    models: createGrpcClient(ModelServiceService, control),
    runs: createGrpcClient(RunServiceService, control),
    datasets: createGrpcClient(DatasetServiceService, control),
    files: createGrpcClient(FileServiceService, control),
    experiments: createGrpcClient(ExperimentServiceService, control),
    outcomes: createGrpcClient(OutcomeServiceService, control),
    monitoring: createGrpcClient(MonitoringServiceService, control),
    accounts: createGrpcClient(AccountServiceService, control),
    system: createGrpcClient(SystemServiceService, control),
    prediction: createGrpcClient(PredictionServiceService, inference),
    health: createGrpcClient(HealthService, inference),
  };
  return {
    addresses,
    ...clients,
    close() {
      for (const client of Object.values(clients)) client.close();
    },
  };
}
