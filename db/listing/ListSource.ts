import type { ListDeclaration } from '../../platform/listing/ListDeclaration.ts';

/** A list over a query. */
export interface ListSource extends ListDeclaration {
  /** A select whose columns are called like the fields; it may have more of them. */
  readonly from: string;
}
