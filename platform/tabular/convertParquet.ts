import { HoldfastError } from '../HoldfastError.ts';
import { describeWriteError } from '../writeFileAtomically.ts';

/**
 * Writes a Parquet file's rows as a CSV, every value as canonical text: an integral number without a fraction ("1", not
 * "1.0", so that a label or an id reads the same from both formats), other floats in the shortest form that gives them back,
 * NaN and NULL as nothing.
 * @throws HoldfastError invalidArgument where DuckDB cannot read the file
 */
export async function convertParquet(path: string, csvPath: string, shownAs: string): Promise<void> {
  // A database engine, which no process that meets no Parquet should wait for.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  try {
    const connection = await instance.connect();
    const source = `read_parquet(${quoteText(path)})`;
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
    const selected = described.getRowObjects().map(({ column_name: name, column_type: type }) => {
      const column = quoteName(String(name));
      return `${asText(column, String(type))} AS ${column}`;
    });
    await connection.run(
      `COPY (SELECT ${selected.join(', ')} FROM ${source}) TO ${quoteText(csvPath)} (FORMAT csv, HEADER, FORCE_QUOTE *, NULLSTR '')`,
    );
    connection.closeSync();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/no space left|disk quota/i.test(reason))
      throw describeWriteError(Object.assign(new Error(reason), { code: 'ENOSPC' }), csvPath);
    throw new HoldfastError(
      'invalidArgument',
      `${shownAs} cannot be read as Parquet: ${reason.replaceAll(path, shownAs).split('\n')[0]} Write the file again, or give a CSV.`,
      { cause: error },
    );
  } finally {
    instance.closeSync();
  }
}

function asText(column: string, type: string): string {
  const text = `CAST(${column} AS VARCHAR)`;
  if (type !== 'DOUBLE' && type !== 'FLOAT') return text;
  return `CASE WHEN isnan(${column}) THEN NULL WHEN ${column} = trunc(${column}) AND abs(${column}) < 1e15 THEN CAST(CAST(${column} AS BIGINT) AS VARCHAR) ELSE ${text} END`;
}

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
