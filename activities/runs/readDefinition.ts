import { type ProjectDefinition, projectDefinition } from '../../ml/definition/ProjectDefinition.ts';
import type { ArtifactStore } from '../../platform/ArtifactStore.ts';

/** The definition a run was begun with, by its digest: a file edited while the run goes on changes nothing. */
export async function readDefinition(artifacts: ArtifactStore, digest: string): Promise<ProjectDefinition> {
  return projectDefinition.parse(JSON.parse(Buffer.from(await artifacts.get(digest)).toString('utf8')));
}
