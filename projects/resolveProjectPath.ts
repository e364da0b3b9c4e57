import { resolve } from 'node:path';
import { projectFolder } from './loadProject.ts';

/** A path that a definition names: relative to the folder of the definitions. */
export const resolveProjectPath = (path: string): string => resolve(projectFolder, path);
