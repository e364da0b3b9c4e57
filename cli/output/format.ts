// Short forms for tables; JSON output has everything in full.

/** ISO 8601 in UTC without fractions, or a dash. */
export const formatTime = (time: Date | undefined): string =>
  time === undefined ? '-' : `${time.toISOString().slice(0, 19)}Z`;

/** The first twelve digits, enough to tell digests apart. */
export const formatDigest = (digest: string): string => (digest === '' ? '-' : digest.slice(0, 12));

export const formatMetric = (value: number | undefined): string =>
  value === undefined ? '-' : value.toFixed(4);

export const formatSeconds = (seconds: number): string => (seconds === 0 ? '-' : `${seconds.toFixed(1)} s`);

/** 12345 → 12,345, whatever the machine's language. */
export const formatCount = (count: number): string => count.toLocaleString('en-US');
