import { findModel } from '../../db/models/listModels.ts';
import type { GetModelRequest, Model } from '../../proto/gen/holdfast/v1/model.ts';
import type { ControlPorts } from '../ControlPorts.ts';
import { encodeModel } from './encodeModel.ts';
import { noSuchModel, requireModel } from './requireModel.ts';

/** One model, with the etag that Promote and Rollback take. @throws HoldfastError notFound */
export async function getModel(ports: ControlPorts, request: GetModelRequest): Promise<Model> {
  const name = await requireModel(ports, request.model);
  const found = await findModel(ports.database, name);
  if (found === null) throw noSuchModel(name, []);
  return encodeModel(found);
}
