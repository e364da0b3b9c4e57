/**
 * Names what the simulator draws: goes up with every change after which the same seed gives another table, so that a table
 * that an earlier version wrote is not taken for today's. A test holds it against the bytes.
 */
export const SIMULATOR_VERSION = 1;
