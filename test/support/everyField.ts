import { create, createFileRegistry, type DescMessage, type Registry } from '@bufbuild/protobuf';
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  OneofDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import { readDescriptors } from '../../platform/grpc/readDescriptors.ts';

// A message type with a field of every kind that proto3 has, more than our own .proto files use: single, optional, repeated, in a
// oneof, as the key and the value of a map.

const scalars = [
  Type.DOUBLE,
  Type.FLOAT,
  Type.INT64,
  Type.UINT64,
  Type.INT32,
  Type.FIXED64,
  Type.FIXED32,
  Type.BOOL,
  Type.STRING,
  Type.BYTES,
  Type.UINT32,
  Type.SFIXED32,
  Type.SFIXED64,
  Type.SINT32,
  Type.SINT64,
];
const keys = scalars.filter(type => ![Type.DOUBLE, Type.FLOAT, Type.BYTES].some(each => each === type));
const named = [
  '.every.Every',
  '.google.protobuf.Struct',
  '.google.protobuf.Value',
  '.google.protobuf.ListValue',
  '.google.protobuf.Timestamp',
] as const;

interface Kind {
  readonly type: Type;
  readonly typeName?: string;
  readonly label: string;
}

const kinds: readonly Kind[] = [
  ...scalars.map(type => ({ type, label: Type[type].toLowerCase() })),
  { type: Type.ENUM, typeName: '.every.Colour', label: 'colour' },
  ...named.map(typeName => ({
    type: Type.MESSAGE,
    typeName,
    label: `${typeName.split('.').at(-1)?.toLowerCase()}_message`,
  })),
];

const toJsonName = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

function describeEvery(): DescriptorProto {
  const type = create(DescriptorProtoSchema, {
    name: 'Every',
    oneofDecl: [create(OneofDescriptorProtoSchema, { name: 'choice' })],
  });
  const synthetic: string[] = [];
  const add = (
    name: string,
    kind: Kind,
    more: { label?: Label; oneofIndex?: number; proto3Optional?: boolean } = {},
  ): void => {
    const { type: fieldType, typeName } = kind;
    type.field.push(
      create(FieldDescriptorProtoSchema, {
        name,
        jsonName: toJsonName(name),
        number: type.field.length + 1,
        label: Label.OPTIONAL,
        type: fieldType,
        ...(typeName === undefined ? {} : { typeName }),
        ...more,
      }),
    );
  };
  for (const kind of kinds) {
    add(`one_${kind.label}`, kind);
    add(`many_${kind.label}`, kind, { label: Label.REPEATED });
    add(`either_${kind.label}`, kind, { oneofIndex: 0 });
    if (kind.type !== Type.MESSAGE) {
      synthetic.push(`_maybe_${kind.label}`);
      add(`maybe_${kind.label}`, kind, { oneofIndex: synthetic.length, proto3Optional: true });
    }
    addMap(type, `by_name_${kind.label}`, { type: Type.STRING, label: 'string' }, kind);
  }
  for (const key of keys)
    addMap(type, `keyed_${key}`, { type: key, label: '' }, { type: Type.STRING, label: 'string' });
  for (const name of synthetic) type.oneofDecl.push(create(OneofDescriptorProtoSchema, { name }));
  return type;
}

function addMap(type: DescriptorProto, name: string, key: Kind, value: Kind): void {
  const entry = `${name.replace(/(?:^|_)([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())}Entry`;
  const field = (of: Kind, fieldName: string, number: number) =>
    create(FieldDescriptorProtoSchema, {
      name: fieldName,
      jsonName: fieldName,
      number,
      label: Label.OPTIONAL,
      type: of.type,
      ...(of.typeName === undefined ? {} : { typeName: of.typeName }),
    });
  type.nestedType.push(
    create(DescriptorProtoSchema, {
      name: entry,
      field: [field(key, 'key', 1), field(value, 'value', 2)],
      options: { mapEntry: true },
    }),
  );
  type.field.push(
    create(FieldDescriptorProtoSchema, {
      name,
      jsonName: toJsonName(name),
      number: type.field.length + 1,
      label: Label.REPEATED,
      type: Type.MESSAGE,
      typeName: `.every.Every.${entry}`,
    }),
  );
}

export function everyField(): { readonly registry: Registry; readonly every: DescMessage } {
  const file = create(FileDescriptorProtoSchema, {
    name: 'every.proto',
    package: 'every',
    syntax: 'proto3',
    dependency: ['google/protobuf/struct.proto', 'google/protobuf/timestamp.proto'],
    messageType: [describeEvery()],
    enumType: [
      create(EnumDescriptorProtoSchema, {
        name: 'Colour',
        value: [
          { name: 'COLOUR_UNSPECIFIED', number: 0 },
          { name: 'COLOUR_RED', number: 1 },
          { name: 'COLOUR_INFRARED', number: -1 },
        ],
      }),
    ],
  });
  const registry = createFileRegistry(
    create(FileDescriptorSetSchema, { file: [...readDescriptors().file, file] }),
  );
  const every = registry.getMessage('every.Every');
  if (every === undefined) throw new TypeError('every.Every is not in its own registry');
  return { registry, every };
}
