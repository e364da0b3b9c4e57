import { roleName } from '../../platform/access/roles.ts';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import type { ListRequest } from '../../platform/listing/readListQuery.ts';
import type { CliContext } from '../CliContext.ts';
import { statusName } from '../output/printRun.ts';
import type { Candidate, Candidates, NameSource } from './listCandidates.ts';
import type { Position } from './readWords.ts';

// The names that the server knows, for whoever types one. A server that is away, slow, or that wants a login offers none: the shell's
// line is no place for its error.

/** The shell waits meanwhile. */
const ANSWER_MS = 1000;
const firstPage: ListRequest = { pageSize: 100, pageToken: '', filter: '', orderBy: '' };

type Clients = CliContext['clients'];
type Asking = (
  clients: Clients,
  model: string,
  options: { readonly signal: AbortSignal; readonly deadlineMs: number },
) => Promise<Candidate[]>;

/** By the words that stand in the help. */
const sources: Readonly<Record<string, Asking>> = {
  model: async ({ models }, _model, options) => {
    const answer = await models.listModels(firstPage, options);
    return answer.models.map(({ name, productionVersion = 'none' }) => ({
      value: name,
      description: `Production: ${productionVersion}`,
    }));
  },
  version: async ({ models }, model, options) => {
    const { versions } = await models.listVersions({ model, showArchived: false, ...firstPage }, options);
    return [
      ...versions.flatMap(({ aliases, version }) =>
        aliases.map(alias => ({ value: alias, description: `version ${version}` })),
      ),
      ...versions.map(({ version, trainer }) => ({ value: String(version), description: trainer })),
    ];
  },
  'datasets version': async ({ datasets }, model, options) => {
    const answer = await datasets.list({ model, ...firstPage }, options);
    return answer.datasets.map(({ version, source }) => ({ value: String(version), description: source }));
  },
  run: async ({ runs }, _model, options) => {
    const answer = await runs.list({ model: '', ...firstPage }, options);
    return answer.runs.map(({ id, workflowId, status }) => ({
      value: workflowId || id,
      description: statusName(status),
    }));
  },
  experiment: async ({ experiments }, model, options) => {
    const answer = await experiments.list({ model, ...firstPage }, options);
    return answer.experiments.map(({ name, model: of }) => ({ value: name, description: of }));
  },
  user: async ({ accounts }, _model, options) => {
    const { users } = await accounts.listUsers(firstPage, options);
    return users.map(({ name, role }) => ({ value: name, description: roleName(role) ?? '' }));
  },
  key: async ({ accounts }, _model, options) => {
    const { keys } = await accounts.listKeys({ user: '', showEnded: false, ...firstPage }, options);
    return keys.map(({ id, name, user }) => ({ value: id, description: `${name} of ${user}` }));
  },
};

/** @param open asks the server that the words name; only called where there is something to ask */
export const createServerNames =
  (open: (position: Position) => CliContext): NameSource =>
  (kind, position) => {
    if (kind === 'file') return Promise.resolve('files');
    const ask = Object.hasOwn(sources, kind) ? sources[kind] : undefined;
    return ask && answer(ask, () => open(position), position);
  };

async function answer(ask: Asking, open: () => CliContext, { given }: Position): Promise<Candidates> {
  let context: CliContext | undefined;
  try {
    context = open();
    const { clients, configuration, signal } = context;
    const model = given.get('model') ?? configuration.defaultModel;
    return await ask(clients, model, { signal, deadlineMs: ANSWER_MS });
  } catch (error) {
    if (error instanceof HoldfastError) return [];
    throw error;
  } finally {
    context?.clients.close();
  }
}
