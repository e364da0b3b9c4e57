import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCredentialCopy } from '../../inference/createCredentialCopy.ts';
import { createLocalCopy } from '../../inference/createLocalCopy.ts';
import type { Credential } from '../../platform/access/Credential.ts';
import { makeKey } from '../../platform/access/secrets.ts';
import { sha256 } from '../../platform/sha256.ts';

const key = makeKey();
/** Of the callers of every bench. */
export const apiKey = key.secret;
const caller: Credential = {
  hash: sha256(key.secret),
  kind: 'key',
  keyId: key.id,
  name: 'bench/load',
  user: 'bench',
  userId: '',
  role: 'predictor',
  models: [],
  mustChangePassword: false,
  expiresAt: null,
};

/** Where inference starts from while PostgreSQL is away: the model, and who may call. */
export async function keepModel(home: string, bytes: Uint8Array): Promise<void> {
  const digest = sha256(bytes);
  const copy = createLocalCopy(home, error => {
    throw error;
  });
  await copy.keepModel(digest, bytes);
  await copy.writeState({
    aliases: [{ model: 'churn', alias: 'production', version: 1, digest }],
    experiments: [],
  });
  const callers = createCredentialCopy(home, error => {
    throw error;
  });
  await callers.write({ revision: '1', credentials: [caller] });
  await writeFile(join(home, 'model.onnx'), bytes);
}
