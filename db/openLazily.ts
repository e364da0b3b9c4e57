import type { Database } from './Database.ts';

/** A database that need not be there yet: it is opened by the first question that finds it there. */
export interface LazyDatabase {
  /** @throws HoldfastError unavailable while PostgreSQL is away */
  get(): Promise<Database>;
  /** Null where it was not opened yet. */
  opened(): Promise<Database | null>;
  close(): Promise<void>;
}

/** @param open one attempt to open it */
export function openLazily(open: () => Promise<Database>): LazyDatabase {
  let opening: Promise<Database> | null = null;
  const opened = async (): Promise<Database | null> => (await opening?.catch(() => null)) ?? null;
  return {
    get: () => {
      const attempt = opening ?? open();
      opening = attempt;
      attempt.catch(() => {
        if (opening === attempt) opening = null;
      });
      return attempt;
    },
    opened,
    close: async () => (await opened())?.close(),
  };
}
