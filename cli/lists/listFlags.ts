// The options of every command that lists.

export const FILTER = (example: string) =>
  ['--filter <expression>', `only those that it holds for, as ${example}`] as const;

export const ORDER_BY = (example: string) => ['--order-by <fields>', `in this order, as ${example}`] as const;
