import type { ProjectDefinition } from '../../definition/ProjectDefinition.ts';
import type { ForeignModel, ForeignTensor } from './ForeignModel.ts';
import { UnfitModel } from './UnfitModel.ts';

// How a foreign model's inputs are fed from the definition's columns: each is one column, or there is a single matrix of several.

export interface FedInput {
  readonly input: ForeignTensor;
  /** In the order of the matrix; a single one for an input that is a column. */
  readonly columns: readonly string[];
}

export interface InputPlan {
  readonly fed: readonly FedInput[];
  /** What was assumed, for the record. */
  readonly notes: readonly string[];
}

type Definition = Pick<ProjectDefinition, 'name' | 'columns' | 'id' | 'label'>;

/**
 * @param columns of a matrix input, as the caller says them; null: as the file or the definition says
 * @throws UnfitModel where the inputs and the definition's columns do not fit each other
 */
export function planInputs(
  { inputs, columns: ofFile }: Pick<ForeignModel, 'inputs' | 'columns'>,
  definition: Definition,
  columns: readonly string[] | null,
): InputPlan {
  const [only] = inputs;
  if (inputs.length === 1 && isMatrix(only, definition)) return planMatrix(only, definition, columns, ofFile);
  if (columns !== null)
    throw new UnfitModel(
      `The columns ${columns.join(', ')} were given, but the file does not take one matrix: its inputs are ${inputs.map(({ name }) => name).join(', ')}, each a column by its name. Leave --columns out.`,
    );
  for (const input of inputs) checkColumn(input, definition);
  const unused = Object.keys(definition.columns).filter(
    column => !inputs.some(({ name }) => name === column),
  );
  return {
    fed: inputs.map(input => ({ input, columns: [input.name] })),
    notes: unused.length === 0 ? [] : [`The file makes no use of ${unused.join(', ')}.`],
  };
}

/** Whether an input is the matrix rather than a column: wider than one, or of a name that is no column. */
function isMatrix({ name, shape }: ForeignTensor, { columns }: Definition): boolean {
  const width = shape?.[1] ?? null;
  return !(name in columns) || (width !== null && width !== 1);
}

function planMatrix(
  input: ForeignTensor,
  definition: Definition,
  given: readonly string[] | null,
  ofFile: readonly string[] | null,
): InputPlan {
  const { name, shape, type } = input;
  const kind = type === 'string' ? 'category' : 'number';
  if (shape !== null && shape.length !== 2)
    throw new UnfitModel(
      `The input ${JSON.stringify(name)} has ${shape.length} dimensions; expected [N, F], a row a customer and a column a feature.`,
    );
  const own = Object.keys(definition.columns).filter(column => definition.columns[column].kind === kind);
  const columns = given ?? ofFile ?? own;
  const width = shape?.[1] ?? null;
  const said =
    given !== null
      ? 'were given'
      : ofFile !== null
        ? 'are named by the file'
        : `are the definition's ${kind} columns`;
  if (width !== null && width !== columns.length)
    throw new UnfitModel(
      `The input ${JSON.stringify(name)} takes ${width} columns, but ${columns.length} ${said}: ${columns.join(', ') || 'none'}. Say which ones it was trained on, in their order: --columns a,b,c.${encodedHint(definition)}`,
    );
  const repeated = columns.find((column, place) => columns.indexOf(column) !== place);
  if (repeated !== undefined)
    throw new UnfitModel(
      `The column ${JSON.stringify(repeated)} ${said} twice; expected each once. Correct --columns.`,
    );
  for (const column of columns) checkKind(input, column, definition);
  const assumed =
    given !== null || ofFile !== null
      ? []
      : [
          `The file does not say which columns its input ${name} is made of; assumed ${columns.join(', ')}, the definition's ${kind} columns in their order. Say others with --columns.`,
        ];
  return { fed: [{ input, columns }], notes: assumed };
}

function checkColumn(input: ForeignTensor, definition: Definition): void {
  const { name, shape } = input;
  checkKind(input, name, definition);
  const width = shape?.[1] ?? 1;
  if (shape !== null && (shape.length > 2 || width !== 1))
    throw new UnfitModel(
      `The input ${JSON.stringify(name)} is [${shape.map(size => size ?? 'N').join(', ')}]; expected [N, 1], one value of the column a row.`,
    );
}

function checkKind({ name, type }: ForeignTensor, column: string, definition: Definition): void {
  const rule = definition.columns[column];
  if (rule === undefined) throw unknownColumn(name, column, definition);
  const wanted = type === 'string' ? 'category' : 'number';
  if (rule.kind !== wanted)
    throw new UnfitModel(
      wanted === 'number'
        ? `The file takes ${JSON.stringify(column)} as ${type}, but projects/${definition.name}.ts says category: the encoding of its words is not in the file. Export the whole pipeline, the encoder included, with StringTensorType([None, 1]) for this column.`
        : `The file takes ${JSON.stringify(column)} as text, but projects/${definition.name}.ts says number. Train on the numbers, with FloatTensorType([None, 1]) for this column, or make the column a category in the definition.`,
    );
  if (rule.missing === 'impute' && (type === 'int64' || type === 'int32' || type === 'bool'))
    throw new UnfitModel(
      `The file takes ${JSON.stringify(column)} as ${type}, but the column may be missing (missing: 'impute') and a ${type} cannot be. Train on float32, with FloatTensorType([None, 1]) and an imputer in the pipeline.`,
    );
}

function unknownColumn(input: string, column: string, { name, columns, id, label }: Definition): UnfitModel {
  if (column === label.column || column === id)
    return new UnfitModel(
      `The file takes ${JSON.stringify(column)}, which is the ${column === id ? 'id' : 'label'} of ${name}: a model must not see it. Train without it.`,
    );
  return new UnfitModel(
    `The file's input ${JSON.stringify(input)} needs the column ${JSON.stringify(column)}, which projects/${name}.ts does not have. Its columns are: ${Object.keys(columns).join(', ')}.`,
    { unknown: column, known: Object.keys(columns) },
  );
}

const encodedHint = ({ columns }: Definition): string =>
  Object.values(columns).some(({ kind }) => kind === 'category')
    ? ' Categories that were encoded outside of the file cannot be served: export the whole pipeline, the encoder included.'
    : '';
