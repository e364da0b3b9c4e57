// What the worker registers; the names are the workflow types of DESIGN.
export { importModel } from './importModel.ts';
export { ingestDataset } from './ingestDataset.ts';
export { promoteModel } from './promoteModel.ts';
export { reportVersions } from './reportVersions.ts';
export { trackRun } from './trackRun.ts';
export { trainModel } from './trainModel.ts';
export { validateDataset } from './validateDataset.ts';
