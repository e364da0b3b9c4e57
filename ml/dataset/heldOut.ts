/** The part of a row that is in no fold: it is in the holdout. */
export const HELD_OUT = 255;
