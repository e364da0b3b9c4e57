/** Of a file in a message, and of a foreign model file: inference holds each in memory, several times. */
export const MAXIMUM_FILE_BYTES = 128 * 1024 * 1024;

/** Of a file that is sent in pieces. */
export const MAXIMUM_SENT_BYTES = 2 * 1024 * 1024 * 1024;

/** Of a piece of it. */
export const MAXIMUM_PIECE_BYTES = 1024 * 1024;
