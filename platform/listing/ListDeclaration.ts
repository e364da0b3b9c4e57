// What a list of the API says of itself: which fields it may be filtered and ordered by, and in which order it comes. A list
// declares this once, beside the query that it pages through (db/); parsing, tokens, SQL and error messages follow from it.

export type FieldType = 'text' | 'integer' | 'number' | 'time' | 'boolean' | 'texts';

export interface ListField {
  readonly type: FieldType;
  /** Of a text: all that it can be, in lower case. */
  readonly values?: readonly string[];
  /** Of a text with values: how the API's enum names begin (`RUN_STATUS_`), which are taken too. */
  readonly prefix?: string;
  /** It may be absent: `field:*` asks whether it is there, and nothing is ordered by it. */
  readonly optional?: true;
  /** Only to tell items apart: nobody filters or orders by it. */
  readonly hidden?: true;
}

export interface ListDeclaration {
  /** As messages and page tokens call it: `versions`. */
  readonly name: string;
  readonly fields: Readonly<Record<string, ListField>>;
  /** The order where none is asked for, as in a request: `create_time desc, version`. */
  readonly order: string;
  /** Fields that together are different for any two items; they end every order, in the direction of its last field. */
  readonly key: readonly string[];
}

/** Times are ISO 8601 in UTC with milliseconds, so that they compare as text. */
export type Value = string | number | boolean;

/** Field → value; null where it is absent. */
export type ListItem = Readonly<Record<string, Value | readonly string[] | null>>;

export type Comparator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Filter =
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly comparator: Comparator;
      readonly value: Value;
    }
  /** A list that contains the value. */
  | { readonly kind: 'has'; readonly field: string; readonly value: Value }
  | { readonly kind: 'present'; readonly field: string }
  | { readonly kind: 'not'; readonly of: Filter }
  | { readonly kind: 'and'; readonly of: readonly Filter[] }
  | { readonly kind: 'or'; readonly of: readonly Filter[] };

export interface OrderTerm {
  readonly field: string;
  readonly descending: boolean;
}
