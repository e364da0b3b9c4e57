import { basename, relative, resolve, sep } from 'node:path';
import { defineProject } from '../ml/definition/defineProject.ts';
import type { ProjectDefinition } from '../ml/definition/ProjectDefinition.ts';
import { HoldfastError } from '../platform/HoldfastError.ts';
import { didYouMean } from '../platform/suggest.ts';
import { readTextTable } from '../platform/tabular/readTextTable.ts';
import { type ColumnSketch, createColumnSketch } from './drafting/createColumnSketch.ts';
import { type Judgement, judgeColumn } from './drafting/judgeColumn.ts';
import { looksLikeKeyName } from './drafting/looksLikeKeyName.ts';
import { writeDefinition } from './drafting/writeDefinition.ts';
import { checkProjectName, projectFolder } from './loadProject.ts';

// Drafts a definition by looking at a table: kinds, levels and ranges as they are in this one file, what a model should not
// see left out, each with the reason as a comment. A person reads it through before it counts.

export interface DraftProjectInput {
  /** A CSV or Parquet file. */
  readonly path: string;
  readonly name: string;
  /** The outcome's column. */
  readonly label: string;
  /** Its value that counts as positive (the customer left). */
  readonly positive: string;
  /** The customer id's column; left out, one that looks like it is taken. */
  readonly id?: string;
  /** The folder the definition is meant for. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

export interface DraftedProject {
  /** The TypeScript file. */
  readonly text: string;
  /** Where loadProject will look for it; nothing is written. */
  readonly path: string;
  readonly definition: ProjectDefinition;
  /** What will keep the draft from training as it is, as sentences; mostly empty. */
  readonly warnings: readonly string[];
}

/**
 * @throws HoldfastError invalidArgument: the file is not a table or has no rows, the label or id column is not there (lists
 * the columns), the positive value is not among the label's (lists the values), the label has not two values, no column is
 * of use; notFound: no such file
 */
export async function draftProject(input: DraftProjectInput): Promise<DraftedProject> {
  const { path, name, folder = projectFolder } = input;
  checkProjectName(name);
  const { rows, sketches } = await sketchTable(input);
  const label = findLabel(input, sketches);
  const id = findId(input, sketches);
  const judged = sketches
    .filter(sketch => sketch.name !== label.column && sketch.name !== id.name)
    .map(sketch => ({ name: sketch.name, judgement: judgeColumn(sketch) }));
  const used = judged.flatMap(({ name, judgement }) => (judgement.use ? [{ name, ...judgement }] : []));
  if (used.length === 0)
    throw new HoldfastError(
      'invalidArgument',
      `${path} has no column to learn from: ${judged.map(({ name, judgement }) => `${show(name)}: ${describe(judgement)}`).join('; ')}.`,
    );
  const sourcePath = relative(resolve(folder), resolve(path)).split(sep).join('/');
  const { column, positive, negative, share, missing } = label;
  const definition = defineProject({
    name,
    ...(id.name === null ? {} : { id: id.name }),
    label: { column, positive, negative },
    columns: Object.fromEntries(used.map(({ name, definition }) => [name, definition])),
    source: { kind: 'file', path: sourcePath },
  });
  const text = writeDefinition({
    name,
    heading: [
      `Drafted by \`holdfast init\` from ${basename(path)}: ${format(rows)} rows, ${percent(share)} of them positive. Kinds, levels and ranges are what this one file shows: read them through before you train. A row that breaks them is put into quarantine, a request that breaks them is refused.`,
    ],
    id: id.name,
    idRemarks: id.remarks,
    label: { column, positive, negative },
    labelRemarks: missing > 0 ? [`Missing in ${format(missing)} ${rowWord(missing)}: quarantined.`] : [],
    columns: judged.map(({ name, judgement }) =>
      judgement.use
        ? { name, definition: judgement.definition, remarks: judgement.remarks }
        : { name, definition: null, remarks: [`${show(name)} is left out: ${judgement.reason}.`] },
    ),
    sourcePath,
  });
  const quarantined = missing + id.quarantined + used.reduce((sum, column) => sum + column.quarantined, 0);
  const { maximumQuarantinedShare } = definition;
  const warnings =
    quarantined > maximumQuarantinedShare * rows
      ? [
          `Up to ${format(quarantined)} of ${format(rows)} rows will be put into quarantine (the comments in the draft say why), more than the ${percent(maximumQuarantinedShare)} that is allowed: correct the file, or give the definition a maximumQuarantinedShare.`,
        ]
      : [];
  return { text, path: resolve(folder, `${name}.ts`), definition, warnings };
}

async function sketchTable({
  path,
  signal,
}: DraftProjectInput): Promise<{ rows: number; sketches: readonly ColumnSketch[] }> {
  let columns: readonly string[] = [];
  let sketches: readonly ReturnType<typeof createColumnSketch>[] = [];
  let rows = 0;
  for await (const batch of readTextTable(path, { signal })) {
    if (sketches.length === 0) {
      columns = batch.columns;
      sketches = columns.map(createColumnSketch);
    }
    for (const fields of batch.records) {
      // A ragged row's fields may stand in the wrong columns.
      if (fields.length !== columns.length) continue;
      rows++;
      fields.forEach((text, index) => sketches[index].add(text));
    }
  }
  if (rows === 0)
    throw new HoldfastError(
      'invalidArgument',
      `${path} has a header but no rows that fit it: give a table with data.`,
    );
  return { rows, sketches: sketches.map(sketch => sketch.finish()) };
}

interface FoundLabel {
  readonly column: string;
  readonly positive: string;
  readonly negative: string;
  readonly missing: number;
  readonly share: number;
}

function findLabel(
  { label, positive: asked, path }: DraftProjectInput,
  sketches: readonly ColumnSketch[],
): FoundLabel {
  const { counts, missing, present } = findColumn(label, 'label', path, sketches);
  const values = new Map<string, number>();
  for (const [text, count] of counts ?? []) values.set(text.trim(), (values.get(text.trim()) ?? 0) + count);
  const found = [...values]
    .slice(0, 10)
    .map(([text, count]) => `${show(text)} (${format(count)} ${rowWord(count)})`);
  const listed = `${found.join(', ')}${values.size > found.length || counts === null ? ' and others' : ''}`;
  const positive = asked.trim();
  const positives = values.get(positive);
  if (positives === undefined)
    throw new HoldfastError(
      'invalidArgument',
      `The label column ${show(label)} of ${path} never holds ${show(positive)}.${didYouMean(positive, [...values.keys()].slice(0, 100))} Its values: ${listed || 'none, it is blank'}.`,
    );
  const negative = [...values.keys()].find(text => text !== positive);
  if (values.size !== 2 || negative === undefined)
    throw new HoldfastError(
      'invalidArgument',
      `The label column ${show(label)} of ${path} has ${counts === null ? 'very many' : values.size} different ${values.size === 1 ? 'value' : 'values'}: ${listed}. Expected two, the outcome and its opposite: name another column, or correct the file.`,
    );
  return { column: label, positive, negative, missing, share: positives / present };
}

interface FoundId {
  readonly name: string | null;
  readonly remarks: readonly string[];
  readonly quarantined: number;
}

function findId({ id, label, path }: DraftProjectInput, sketches: readonly ColumnSketch[]): FoundId {
  if (id !== undefined && id === label)
    throw new HoldfastError('invalidArgument', `${show(id)} is the label: it cannot be the id as well.`);
  if (id !== undefined) return describeId(findColumn(id, 'id', path, sketches), []);
  const [best] = sketches
    .filter(sketch => sketch.name !== label)
    .filter(sketch => {
      const judgement = judgeColumn(sketch);
      return !judgement.use && judgement.key === 'id' && sketch.missing <= 0.05 * sketch.present;
    })
    .sort((a, b) => Number(looksLikeKeyName(b.name)) - Number(looksLikeKeyName(a.name)));
  return best === undefined
    ? { name: null, remarks: ['No column looks like a customer id.'], quarantined: 0 }
    : describeId(best, ['Guessed: its values are (nearly) unique.']);
}

function describeId(sketch: ColumnSketch, guess: readonly string[]): FoundId {
  const { name, counts, present, missing } = sketch;
  const repeated = counts === null ? 0 : present - new Set([...counts.keys()].map(text => text.trim())).size;
  return {
    name,
    quarantined: repeated + missing,
    remarks: [
      ...guess,
      ...(repeated > 0
        ? [`${format(repeated)} ${rowWord(repeated)} with an id that an earlier row has: quarantined.`]
        : []),
      ...(missing > 0 ? [`Missing in ${format(missing)} ${rowWord(missing)}: quarantined.`] : []),
    ],
  };
}

function findColumn(
  name: string,
  role: string,
  path: string,
  sketches: readonly ColumnSketch[],
): ColumnSketch {
  const sketch = sketches.find(candidate => candidate.name === name);
  if (sketch !== undefined) return sketch;
  const names = sketches.map(candidate => candidate.name).filter(candidate => candidate.length <= 200);
  throw new HoldfastError(
    'invalidArgument',
    `${path} has no column ${show(name)} for the ${role}.${didYouMean(name, names)} Its columns: ${names.slice(0, 100).map(show).join(', ')}.`,
  );
}

const describe = (judgement: Judgement): string => (judgement.use ? 'used' : judgement.reason);
const show = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
const format = (count: number): string => count.toLocaleString('en-US');
const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;
const rowWord = (count: number): string => (count === 1 ? 'row' : 'rows');
