import { Migration0001Registry } from './Migration0001Registry.ts';

/** Every migration, in the order in which they are applied. */
export const migrations = [{ name: '0001_registry', class: Migration0001Registry }];
