// What one stream of an exchange carries at a time. Both sides know it: what does not fit goes as a call of its own.

/** A larger message would hold up those behind it. */
export const LARGEST_CARRIED_BYTES = 64 * 1024;
export const MOST_UNDERWAY = 1000;
/** Of the messages under way: the server reads no further above it. */
export const MOST_UNDERWAY_BYTES = 8 * 1024 * 1024;
/** Of one message, those that are given up included. */
export const MOST_CALLS = 1000;
