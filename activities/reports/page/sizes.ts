/** Two charts beside one another. */
export const square = { width: 500, height: 360 } as const;

/** Three beside one another. */
export const small = { width: 330, height: 240 } as const;

const tableRows = 25;

/** Enough rows for a table that people read: the first, the last, and some evenly between. */
export const thinned = <T>(rows: readonly T[]): T[] =>
  rows.length <= tableRows
    ? [...rows]
    : Array.from(
        { length: tableRows },
        (_, place) => rows[Math.round((place * (rows.length - 1)) / (tableRows - 1))],
      );
