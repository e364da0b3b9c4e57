/** A time as a query answers it. */
export const toDate = (time: Date | string | null): Date | null => (time === null ? null : new Date(time));
