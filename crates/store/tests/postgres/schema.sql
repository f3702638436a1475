-- The whole schema as lines of text, to compare two databases. Objects of extensions are left out.
WITH ours AS (
  SELECT c.oid, c.relkind, c.reloptions, c.relacl, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('public', 'ops')
)
SELECT format('%s %s: %s %s default %s, rights %s', 'column', name, attnum || ' ' || attname || ' '
    || format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END,
    pg_get_expr(d.adbin, d.adrelid), attacl::text)
FROM ours JOIN pg_attribute a ON a.attrelid = ours.oid LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
WHERE relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT format('relation %s: %s %s, rights %s', name, relkind, reloptions::text, relacl::text) FROM ours
UNION ALL
SELECT format('constraint %s: %s %s', name, conname, pg_get_constraintdef(c.oid))
FROM ours JOIN pg_constraint c ON c.conrelid = ours.oid
UNION ALL
SELECT format('index %s valid %s', pg_get_indexdef(indexrelid), indisvalid) FROM ours JOIN pg_index i ON i.indrelid = ours.oid
UNION ALL
SELECT format('trigger %s enabled %s', pg_get_triggerdef(t.oid), tgenabled)
FROM ours JOIN pg_trigger t ON t.tgrelid = ours.oid AND NOT tgisinternal
UNION ALL
SELECT format('view %s: %s', name, pg_get_viewdef(oid)) FROM ours WHERE relkind = 'v'
UNION ALL
SELECT format('function %s rights %s', pg_get_functiondef(p.oid), proacl::text)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname IN ('public', 'ops') AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
UNION ALL
SELECT format('schema %s rights %s', nspname, nspacl::text) FROM pg_namespace WHERE nspname IN ('public', 'ops')
UNION ALL
SELECT format('extension %s', extname) FROM pg_extension
UNION ALL
SELECT format('database rights %s', datacl::text) FROM pg_database WHERE datname = current_database()
ORDER BY 1
