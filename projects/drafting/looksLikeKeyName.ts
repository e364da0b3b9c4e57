const keyWords = new Set([
  'id',
  'ids',
  'key',
  'uuid',
  'guid',
  'code',
  'number',
  'no',
  'nr',
  'account',
  'msisdn',
  'phone',
  'email',
]);
const joined =
  /^(?:customer|client|user|member|subscriber|account|person|contract|policy|household|row)(?:id|key|code|number|no|nr)$/;

/** Whether a column's name speaks of a key: `CustomerId`, `customer_no`, `customerid`, `UUID`; not `Paid`. */
export function looksLikeKeyName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some(word => keyWords.has(word) || joined.test(word));
}
