import { getVersion } from '../../db/models/getVersion.ts';
import type { Artifact, GetArtifactRequest } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { requireModel } from './requireModel.ts';

/** A version's ONNX file. @throws HoldfastError notFound; invalidArgument where the version is neither number nor alias */
export async function getArtifact(ports: ControlPorts, request: GetArtifactRequest): Promise<Artifact> {
  const model = await requireModel(ports, request.model);
  const { version, digest } = await getVersion(ports.database, model, request.version);
  const content = Buffer.from(await ports.artifacts.get(digest));
  return { model, version, digest, fileName: `${model}-v${version}.onnx`, content };
}
