/** Text that PostgreSQL takes: it has no character 0, and no half of a surrogate pair. Both become U+FFFD. */
export const storableText = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed();

/** The value as plain JSON that PostgreSQL takes: strings as storableText makes them, absent where JSON has nothing for it. */
export const storableJson = <T extends object>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    typeof inner === 'string' ? storableText(inner) : inner,
  );
