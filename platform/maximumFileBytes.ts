/** Of a foreign model file: inference holds each in memory, several times. */
export const MAXIMUM_FILE_BYTES = 128 * 1024 * 1024;
