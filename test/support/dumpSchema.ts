/** One statement to PostgreSQL, its rows back. */
export type Query = (text: string) => Promise<readonly { readonly line: string }[]>;

// The schema as PostgreSQL itself describes it (its catalogue's own functions write the definitions), in an order that does
// not depend on when something was made. Read by people in a diff: it is not meant to be run.

const ours = `n.nspname = 'public'`;

const parts = {
  domains: `
    select format('domain %s %s %s', t.typname, format_type(t.typbasetype, t.typtypmod),
      (select string_agg(pg_get_constraintdef(c.oid), ' ' order by c.conname) from pg_constraint c where c.contypid = t.oid)) as line
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${ours} and t.typtype = 'd' order by t.typname`,
  columns: `
    select format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' else '' end,
      case when a.attidentity = 'a' then ' generated always as identity'
           when a.attgenerated = 's' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
           when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end) as line
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where ${ours} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum`,
  constraints: `
    select format('%s.%s %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) as line
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and k.contype in ('c', 'f', 'p', 'u', 'x') order by c.relname, k.conname`,
  indexes: `
    select pg_get_indexdef(i.indexrelid) as line
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where ${ours} order by c.relname`,
  triggers: `
    select pg_get_triggerdef(t.oid) as line
    from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and not t.tgisinternal order by c.relname, t.tgname`,
  functions: `
    select rtrim(pg_get_functiondef(p.oid), E'\\n') as line
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${ours} and p.prokind = 'f' order by p.proname`,
  'views and other relations': `
    select format('%s %s %s', c.relkind, c.relname, coalesce(pg_get_viewdef(c.oid), '')) as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and c.relkind not in ('r', 'p', 'i', 'I') and not exists
      (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i')) order by c.relname`,
};

export async function dumpSchema(query: Query): Promise<string> {
  const sections: string[] = [
    '-- What the migrations make of an empty database. UPDATE_GOLDEN=1 npx mocha test/db/schema.test.ts writes it anew.\n',
  ];
  for (const [title, text] of Object.entries(parts)) {
    const lines = (await query(text)).map(({ line }) => `${line}\n`);
    if (lines.length > 0) sections.push(`-- ${title}\n${lines.join('')}`);
  }
  return sections.join('\n');
}
