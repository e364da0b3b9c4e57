import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import type { Route } from '../readRoutes.ts';
import type { Schema } from './Schema.ts';

// Messages as schemas of what they are in canonical proto3 JSON. What a request may hold is closed, for the gateway refuses all
// else; what only answers hold is open, so that a client of today reads the answers of tomorrow, and names what is always there.

export interface TypeDescriptions {
  /** Every message and enum that a route takes or answers, by the name of its component. */
  readonly schemas: Readonly<Record<string, Schema>>;
  /** @param without fields that stand elsewhere, as in the path */
  readonly describeRequest: (type: DescMessage, without: readonly DescField[]) => Schema;
  readonly describeField: (field: DescField) => Schema;
}

export function describeTypes(
  routes: readonly Pick<Route, 'method'>[],
  comments: ReadonlyMap<string, string>,
): TypeDescriptions {
  const asked = reach(routes.map(({ method }) => method.input));
  const answered = reach(routes.map(({ method }) => method.output));
  const schemas: Record<string, Schema> = {};
  const describe = (type: DescMessage | DescEnum): Schema => ({
    ...described(comments.get(type.typeName)),
    ...(type.kind === 'enum'
      ? enumSchema(type, comments)
      : messageSchema(type, asked.has(type), describeField)),
  });
  const describeField = (field: DescField): Schema => ({
    ...fieldSchema(field),
    ...described(comments.get(`${field.parent.typeName}.${field.name}`)),
  });
  for (const type of [...new Set([...asked, ...answered])].toSorted(byName))
    schemas[nameOf(type)] = describe(type);
  return {
    schemas,
    describeField,
    describeRequest: (type, without) =>
      without.length === 0 ? refTo(type) : messageSchema(type, true, describeField, without),
  };
}

const byName = (a: { readonly typeName: string }, b: { readonly typeName: string }): number =>
  a.typeName < b.typeName ? -1 : 1;

/** Our own names are short: nobody reads a package's name a hundred times. */
const nameOf = ({ typeName }: DescMessage | DescEnum): string => typeName.replace(/^holdfast\.v1\./, '');

export const refTo = (type: DescMessage | DescEnum): Schema => ({
  $ref: `#/components/schemas/${nameOf(type)}`,
});

const described = (description: string | undefined): Schema =>
  description === undefined ? {} : { description };

/** These messages, and all that lie in them, but for those whose JSON is a form of their own. */
function reach(roots: readonly DescMessage[]): Set<DescMessage | DescEnum> {
  const found = new Set<DescMessage | DescEnum>();
  const visit = (type: DescMessage): void => {
    if (found.has(type) || ownForm(type) !== undefined) return;
    found.add(type);
    for (const field of type.fields) {
      if (field.enum !== undefined && ownForm(field.enum) === undefined) found.add(field.enum);
      if (field.message !== undefined) visit(field.message);
    }
  };
  for (const root of roots) visit(root);
  return found;
}

function enumSchema({ typeName, values }: DescEnum, comments: ReadonlyMap<string, string>): Schema {
  const said = values.flatMap(({ name }) => {
    const comment = comments.get(`${typeName}.${name}`);
    return comment === undefined ? [] : [`- \`${name}\`: ${comment}`];
  });
  const description = [comments.get(typeName) ?? '', said.join('\n')]
    .filter(text => text !== '')
    .join('\n\n');
  return {
    type: 'string',
    enum: values.map(({ name }) => name),
    ...(description === '' ? {} : { description }),
  };
}

function messageSchema(
  { fields, oneofs }: DescMessage,
  isAsked: boolean,
  describeField: (field: DescField) => Schema,
  without: readonly DescField[] = [],
): Schema {
  const shown = fields.filter(field => !without.includes(field));
  const always = shown.filter(isAlwaysThere).map(({ jsonName }) => jsonName);
  // Of a oneof at most one: no two of its fields together.
  const exclusive = oneofs.flatMap(oneof =>
    oneof.fields.flatMap((a, at) =>
      oneof.fields.slice(at + 1).map(b => ({ not: { required: [a.jsonName, b.jsonName] } })),
    ),
  );
  return {
    type: 'object',
    properties: Object.fromEntries(shown.map(field => [field.jsonName, describeField(field)])),
    ...(isAsked ? { additionalProperties: false } : always.length === 0 ? {} : { required: always }),
    ...(exclusive.length === 0 ? {} : { allOf: exclusive }),
  };
}

/** Whether an answer holds the field also where it has its default. */
const isAlwaysThere = ({ fieldKind, presence }: DescField): boolean =>
  fieldKind === 'list' || fieldKind === 'map' || presence === FeatureSet_FieldPresence.IMPLICIT;

function fieldSchema(field: DescField): Schema {
  const one = (): Schema => {
    const type = field.message ?? field.enum;
    if (type !== undefined) return ownForm(type) ?? refTo(type);
    if (field.scalar === undefined) throw new TypeError(`${field.toString()} has no type`);
    return scalarSchema(field.scalar);
  };
  if (field.fieldKind === 'list') return { type: 'array', items: one() };
  if (field.fieldKind === 'map') return { type: 'object', additionalProperties: one() };
  return one();
}

const integer = (format: string, minimum: number, maximum: number): Schema => ({
  type: 'integer',
  format,
  minimum,
  maximum,
});
const INT32 = integer('int32', -(2 ** 31), 2 ** 31 - 1);
const UINT32 = integer('uint32', 0, 2 ** 32 - 1);
const INT64: Schema = { type: 'string', format: 'int64', pattern: '^-?[0-9]+$' };
const UINT64: Schema = { type: 'string', format: 'uint64', pattern: '^[0-9]+$' };
const DOUBLE: Schema = { type: 'number', format: 'double' };

const scalarSchemas: Readonly<Record<ScalarType, Schema>> = {
  [ScalarType.DOUBLE]: DOUBLE,
  [ScalarType.FLOAT]: { type: 'number', format: 'float' },
  [ScalarType.INT32]: INT32,
  [ScalarType.SINT32]: INT32,
  [ScalarType.SFIXED32]: INT32,
  [ScalarType.UINT32]: UINT32,
  [ScalarType.FIXED32]: UINT32,
  [ScalarType.INT64]: INT64,
  [ScalarType.SINT64]: INT64,
  [ScalarType.SFIXED64]: INT64,
  [ScalarType.UINT64]: UINT64,
  [ScalarType.FIXED64]: UINT64,
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.STRING]: { type: 'string' },
  [ScalarType.BYTES]: { type: 'string', format: 'byte', contentEncoding: 'base64' },
};

const scalarSchema = (scalar: ScalarType): Schema => scalarSchemas[scalar];

/** Types that the JSON mapping gives a form of their own. */
const ownForms: Readonly<Record<string, Schema>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Duration': { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]{1,9})?s$' },
  'google.protobuf.FieldMask': { type: 'string' },
  'google.protobuf.Struct': { type: 'object', additionalProperties: true },
  'google.protobuf.Value': {},
  'google.protobuf.ListValue': { type: 'array', items: {} },
  'google.protobuf.NullValue': { type: 'null' },
  'google.protobuf.Empty': { type: 'object', additionalProperties: false },
  'google.protobuf.Any': {
    type: 'object',
    properties: { '@type': { type: 'string' } },
    required: ['@type'],
    additionalProperties: true,
  },
  'google.protobuf.DoubleValue': { ...DOUBLE, type: ['number', 'null'] },
  'google.protobuf.FloatValue': { type: ['number', 'null'], format: 'float' },
  'google.protobuf.Int32Value': { ...INT32, type: ['integer', 'null'] },
  'google.protobuf.UInt32Value': { ...UINT32, type: ['integer', 'null'] },
  'google.protobuf.Int64Value': { ...INT64, type: ['string', 'null'] },
  'google.protobuf.UInt64Value': { ...UINT64, type: ['string', 'null'] },
  'google.protobuf.BoolValue': { type: ['boolean', 'null'] },
  'google.protobuf.StringValue': { type: ['string', 'null'] },
  'google.protobuf.BytesValue': { type: ['string', 'null'], contentEncoding: 'base64' },
  // A body of any type, which is no JSON.
  'google.api.HttpBody': {},
};

const ownForm = ({ typeName }: DescMessage | DescEnum): Schema | undefined => ownForms[typeName];
