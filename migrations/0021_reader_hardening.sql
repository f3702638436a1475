-- A login that may only SELECT is not harmless: it could take the backend's advisory locks, send the backend's
-- notifications, fill the disk with large objects or write to the log. What PUBLIC may call, a reader may call, so it is
-- taken from PUBLIC and given to those of ours who need it.
--
-- Without the rights of a superuser (a managed PostgreSQL) this changes nothing but a warning; docs/SECURITY.md says what
-- a reader can do there.
DO $$
DECLARE
  callable regprocedure;
BEGIN
  FOR callable IN
    SELECT p.oid FROM pg_proc p LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e'
      LEFT JOIN pg_extension x ON x.oid = d.refobjid
    WHERE p.prokind = 'f' AND (p.pronamespace = 'pg_catalog'::regnamespace AND (
        p.proname ~ '^pg_(try_)?advisory_' OR p.proname ~ '^(lo_|lowrite$|loread$)'
        OR p.proname IN ('pg_notify', 'pg_logical_emit_message', 'pg_terminate_backend', 'pg_cancel_backend',
          'pg_export_snapshot', 'pg_promote', 'pg_current_xact_id', 'txid_current', 'query_to_xml', 'query_to_xmlschema',
          'query_to_xml_and_xmlschema', 'cursor_to_xml', 'database_to_xml', 'schema_to_xml', 'table_to_xml'))
      OR x.extname IN ('dblink', 'postgres_fdw', 'adminpack', 'lo', 'pageinspect', 'pg_buffercache'))
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', callable);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO repruv_api, repruv_worker, repruv_watchdog, CURRENT_USER', callable);
  END LOOP;
END
$$;

-- As before, and: a connection whose other end is gone is noticed within 30 s. What a reader may lift again for itself is
-- a courtesy; the watchdog of the workers is not.
CREATE OR REPLACE FUNCTION mint_reader_login(login text, login_password text, valid_for interval) RETURNS timestamptz
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ends timestamptz := now() + least(valid_for, interval '12 hours');
  setting text;
BEGIN
  IF login !~ '^staff_[0-9a-f]{8}_[0-9a-f]{8}$' THEN
    RAISE EXCEPTION 'not a reader login' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L VALID UNTIL %L', login, login_password, ends);
  ELSE
    EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT '
      'CONNECTION LIMIT 6 PASSWORD %L VALID UNTIL %L IN ROLE ops_reader', login, login_password, ends);
  END IF;
  FOREACH setting IN ARRAY ARRAY['statement_timeout = ''5s''', 'lock_timeout = ''1s''',
    'idle_in_transaction_session_timeout = ''5s''', 'default_transaction_read_only = on', 'tcp_keepalives_idle = 10',
    'tcp_keepalives_interval = 5', 'tcp_keepalives_count = 3', 'tcp_user_timeout = 20000'] LOOP
    EXECUTE format('ALTER ROLE %I SET %s', login, setting);
  END LOOP;
  RETURN ends;
END
$$;

-- Ends the connections of logins that have run out: by itself the end of a login only refuses new ones. Answers how many.
CREATE FUNCTION end_expired_readers() RETURNS integer
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(pg_terminate_backend(a.pid))::integer FROM pg_stat_activity a JOIN pg_roles r ON r.rolname = a.usename
  WHERE a.datname = current_database() AND a.usename ~ '^staff_[0-9a-f]{8}_[0-9a-f]{8}$' AND r.rolvaliduntil < now()
$$;
REVOKE ALL ON FUNCTION end_expired_readers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_expired_readers() TO repruv_api;
