import type { DescField, DescMessage } from '@bufbuild/protobuf';

export interface QueryField {
  /** As it stands in the query string: `page.size` for a field of a message. */
  readonly name: string;
  /** The same in the spelling of the .proto files. */
  readonly protoName: string;
  readonly field: DescField;
}

/**
 * What a query string may name of a request: values and lists of values, also of messages in it. Messages in lists, maps and
 * messages in themselves have no place in a query.
 */
export function queryFields(type: DescMessage, without: readonly DescField[] = []): QueryField[] {
  const walk = (
    of: DescMessage,
    [prefix, protoPrefix]: readonly [string, string],
    above: readonly DescMessage[],
  ): QueryField[] =>
    of.fields
      .filter(field => !without.includes(field))
      .flatMap(field => {
        const [name, protoName] = [`${prefix}${field.jsonName}`, `${protoPrefix}${field.name}`];
        if (field.fieldKind === 'map' || (field.fieldKind === 'list' && field.message !== undefined))
          return [];
        if (field.fieldKind !== 'message' || isText(field.message)) return [{ name, protoName, field }];
        if (!isPlain(field.message) || above.includes(field.message)) return [];
        return walk(field.message, [`${name}.`, `${protoName}.`], [...above, field.message]);
      });
  return walk(type, ['', ''], [type]);
}

/** Messages whose JSON is one text. */
const texts: ReadonlySet<string> = new Set([
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
  'google.protobuf.FieldMask',
]);
const isText = ({ typeName }: DescMessage): boolean => texts.has(typeName);
const isPlain = ({ typeName }: DescMessage): boolean => !typeName.startsWith('google.protobuf.');
