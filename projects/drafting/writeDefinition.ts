import type { ColumnDefinition } from '../../ml/definition/ProjectDefinition.ts';

// A project definition as TypeScript, in the format that the checkout's formatter would give it.

const LINE_WIDTH = 110;
const identifier = /^[A-Za-z_$][\w$]*$/;

interface DraftedColumn {
  readonly name: string;
  /** Null: left out. */
  readonly definition: ColumnDefinition | null;
  readonly remarks: readonly string[];
}

export interface DefinitionText {
  readonly name: string;
  /** Lines of the comment above the definition. */
  readonly heading: readonly string[];
  readonly id: string | null;
  readonly idRemarks: readonly string[];
  readonly label: { readonly column: string; readonly positive: string; readonly negative: string };
  readonly labelRemarks: readonly string[];
  readonly columns: readonly DraftedColumn[];
  /** Relative to the definition's folder. */
  readonly sourcePath: string;
}

export function writeDefinition(draft: DefinitionText): string {
  const { label } = draft;
  return [
    "import { defineProject } from '../ml/definition/defineProject.ts';",
    '',
    ...draft.heading.flatMap(line => comment(line, 0)),
    '',
    'export default defineProject({',
    `  name: ${quote(draft.name)},`,
    ...draft.idRemarks.flatMap(line => comment(line, 2)),
    ...(draft.id === null ? [] : [`  id: ${quote(draft.id)},`]),
    ...draft.labelRemarks.flatMap(line => comment(line, 2)),
    ...writeProperty(
      'label',
      [
        ['column', quote(label.column)],
        ['positive', quote(label.positive)],
        ['negative', quote(label.negative)],
      ],
      2,
    ),
    '  columns: {',
    ...draft.columns.flatMap(({ name, definition, remarks }) => [
      ...remarks.flatMap(line => comment(line, 4)),
      ...(definition === null ? [] : writeProperty(name, describe(definition), 4)),
    ]),
    '  },',
    ...writeProperty(
      'source',
      [
        ['kind', quote('file')],
        ['path', quote(draft.sourcePath)],
      ],
      2,
    ),
    '});',
    '',
  ].join('\n');
}

type Value = string | readonly string[];

function describe(definition: ColumnDefinition): readonly (readonly [string, Value])[] {
  const missing = definition.missing === 'impute' ? [['missing', quote('impute')] as const] : [];
  if (definition.kind === 'category')
    return [['kind', quote('category')], ['levels', (definition.levels ?? []).map(quote)], ...missing];
  return [
    ['kind', quote('number')],
    ...(definition.min === undefined ? [] : [['min', writeNumber(definition.min)] as const]),
    ...(definition.max === undefined ? [] : [['max', writeNumber(definition.max)] as const]),
    ...(definition.integer ? [['integer', 'true'] as const] : []),
    ...missing,
  ];
}

/** On one line where it fits, as the formatter does; else a property a line, and then a level a line. */
function writeProperty(
  name: string,
  properties: readonly (readonly [string, Value])[],
  indent: number,
): readonly string[] {
  const margin = ' '.repeat(indent);
  const key = identifier.test(name) ? name : quote(name);
  const inline = (value: Value): string => (typeof value === 'string' ? value : `[${value.join(', ')}]`);
  const line = `${margin}${key}: { ${properties.map(([property, value]) => `${property}: ${inline(value)}`).join(', ')} },`;
  if (line.length <= LINE_WIDTH) return [line];
  return [
    `${margin}${key}: {`,
    ...properties.flatMap(([property, value]) => {
      const short = `${margin}  ${property}: ${inline(value)},`;
      if (typeof value === 'string' || short.length <= LINE_WIDTH) return [short];
      return [`${margin}  ${property}: [`, ...value.map(item => `${margin}    ${item},`), `${margin}  ],`];
    }),
    `${margin}},`,
  ];
}

/** Single quotes, or double ones where that saves escapes. */
function quote(text: string): string {
  const double = JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  const singles = text.split("'").length;
  const doubles = text.split('"').length;
  if (singles > doubles) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

const writeNumber = (value: number): string => String(value).replace('e+', 'e');

/** Words wrapped to the line's width; what would end the comment's line is a blank. */
function comment(text: string, indent: number): readonly string[] {
  const margin = `${' '.repeat(indent)}// `;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[\s\u2028\u2029]+/).filter(part => part !== '')) {
    if (line !== '' && margin.length + line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(margin + line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, margin + line];
}
