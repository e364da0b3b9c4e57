import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidDefinition } from '../ml/definition/defineProject.ts';
import { type ProjectDefinition, projectDefinition } from '../ml/definition/ProjectDefinition.ts';
import { canonicalJson } from '../platform/canonicalJson.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { sha256 } from '../platform/sha256.ts';
import { didYouMean } from '../platform/suggest.ts';
import { describeFaults } from './describeFaults.ts';

// Finds the project definitions: the files of this folder that are named like a model (lower-case letters, digits and
// hyphens). A name is checked before it touches the file system, and a file is read anew once it changed, so that a worker
// that runs for weeks sees today's definition.

export const projectFolder = import.meta.dirname;

const projectName = /^[a-z][a-z0-9-]{0,62}$/;

export interface LoadedProject {
  readonly definition: ProjectDefinition;
  /** SHA-256 of the definition's canonical JSON. */
  readonly digest: string;
  readonly path: string;
}

/**
 * Reads `<folder>/<name>.ts` and checks what it defines.
 * @throws HoldfastError notFound (lists what there is), invalidArgument (not a name; the file cannot be imported, or does not define a
 * project of that name)
 */
export async function loadProject(name: string, folder: string = projectFolder): Promise<LoadedProject> {
  checkProjectName(name);
  const path = resolve(folder, `${name}.ts`);
  const input = await importDefault(name, path, folder);
  const definition = checkDefinition(input, path);
  if (definition.name !== name)
    throw new HoldfastError(
      'invalidArgument',
      `${path} defines a project named ${JSON.stringify(definition.name)}, expected ${JSON.stringify(name)}: rename the file or the project.`,
    );
  return { definition, digest: sha256(canonicalJson(definition)), path };
}

/** @throws HoldfastError invalidArgument where the name is not one, so that it never reaches the file system */
export function checkProjectName(name: string): void {
  if (!projectName.test(name))
    throw new HoldfastError(
      'invalidArgument',
      `${JSON.stringify(name.slice(0, 100))} is not a model's name: expected lower-case letters, digits and hyphens, starting with a letter, at most 63.`,
    );
}

/** The names of all project definitions, in order. */
export async function listProjects(folder: string = projectFolder): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter(entry => !entry.isDirectory() && entry.name.endsWith('.ts'))
    .map(entry => entry.name.slice(0, -'.ts'.length))
    .filter(name => projectName.test(name))
    .sort();
}

async function importDefault(name: string, path: string, folder: string): Promise<unknown> {
  const status = await stat(path, { bigint: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (status === null) throw await unknownProject(name, folder);
  // A module is cached by its URL: a changed file needs another one.
  const url = `${pathToFileURL(path).href}?version=${status.mtimeNs}-${status.size}`;
  try {
    const module: unknown = await import(url);
    if (typeof module === 'object' && module !== null && 'default' in module) return module.default;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new HoldfastError(
      'invalidArgument',
      error instanceof InvalidDefinition
        ? `${path} is not a valid project definition:\n${describeFaults(error.faults)}`
        : `The project definition ${path} cannot be imported: ${said}`,
      { cause: error },
    );
  }
  throw new HoldfastError(
    'invalidArgument',
    `${path} has no default export: write \`export default defineProject({ name: ${JSON.stringify(name)}, … })\`, as projects/churn.ts does.`,
  );
}

async function unknownProject(name: string, folder: string): Promise<HoldfastError> {
  const names = await listProjects(folder);
  const known = names.length === 0 ? 'There are none yet.' : `There are: ${names.join(', ')}.`;
  return new HoldfastError(
    'notFound',
    `There is no project definition named ${JSON.stringify(name)} (${join(folder, `${name}.ts`)}).${didYouMean(name, names)} ${known} Draft one with: ./holdfast init FILE.csv --name ${name} --label COLUMN --positive VALUE`,
  );
}

/** Checked again although the file should have used defineProject: it may export anything. */
function checkDefinition(input: unknown, path: string): ProjectDefinition {
  const result = projectDefinition.safeParse(input);
  if (result.success) return result.data;
  throw new HoldfastError(
    'invalidArgument',
    `The default export of ${path} is not a project definition:\n${describeFaults(result.error)}`,
  );
}
