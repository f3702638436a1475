-- A reader's statement that runs for long, and a transaction that is left open, hold back the clean-up of dead rows for
-- everybody. Both have a limit of five seconds of their own, but a login can lift its own limit. So the workers look after
-- them, and end the session: a cancelled statement could be caught and begun again.
--
-- Who may signal whom is as narrow as it can be: the function belongs to a role that cannot log in, is no superuser and has
-- nothing but two of PostgreSQL's own rights (to see the sessions of others, and to end those that are not a superuser's).
-- Only workers may call it, it takes no limit and no process id, and it never tells a statement's text.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'repruv_watchdog') THEN
    BEGIN
      CREATE ROLE repruv_watchdog NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL; -- made at this moment for another database of this server
    END;
  END IF;
END
$$;

-- `spared`: logins that are left alone, for measuring what the others are kept from doing.
CREATE FUNCTION end_overdue_sessions(spared text[]) RETURNS TABLE (login text, what text, seconds double precision)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found record;
BEGIN
  IF NOT (pg_has_role(current_user, 'pg_signal_backend', 'USAGE') AND pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')) THEN
    -- Without them it would see nothing and seem content.
    RAISE EXCEPTION 'the watchdog lacks its rights, see docs/OPERATING.md' USING ERRCODE = 'insufficient_privilege';
  END IF;
  FOR found IN
    WITH session AS MATERIALIZED (
      SELECT a.pid, a.usename::text AS login, a.state, a.query_start, a.state_change,
        EXISTS (SELECT FROM pg_auth_members m WHERE m.member = a.usesysid AND m.roleid = 'ops_reader'::regrole) AS reads,
        EXISTS (SELECT FROM pg_auth_members m WHERE m.member = a.usesysid
          AND m.roleid IN ('repruv_api'::regrole, 'repruv_worker'::regrole))
          OR a.usesysid IN ('repruv_api'::regrole, 'repruv_worker'::regrole) AS ours
      FROM pg_stat_activity a
      JOIN pg_roles r ON r.oid = a.usesysid AND NOT r.rolsuper
      JOIN pg_database d ON d.oid = a.datid AND d.datname = current_database() AND d.datdba <> a.usesysid
      WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid() AND a.usename <> ALL (spared)
    ), overdue AS (
      SELECT pid, session.login, 'reader_statement' AS what, clock_timestamp() - query_start AS since
      FROM session WHERE reads AND state IN ('active', 'fastpath function call')
      UNION ALL
      SELECT pid, session.login, CASE WHEN reads THEN 'reader_transaction' ELSE 'own_transaction' END,
        clock_timestamp() - state_change
      FROM session WHERE (reads OR ours) AND state LIKE 'idle in transaction%'
    )
    SELECT * FROM overdue WHERE since > interval '5 s'
  LOOP
    IF pg_terminate_backend(found.pid) THEN
      login := found.login;
      what := found.what;
      seconds := extract(epoch FROM found.since);
      RETURN NEXT;
    END IF;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION end_overdue_sessions(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION end_overdue_sessions(text[]) TO repruv_worker;

-- An owner who is no superuser can hand these rights on only when they were given to him so (since PostgreSQL 16; before it
-- CREATEROLE was enough). Without them everything else works, and the worker's log says what is missing.
DO $$
BEGIN
  GRANT pg_signal_backend, pg_read_all_stats TO repruv_watchdog;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT repruv_watchdog TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA public TO repruv_watchdog;
  ALTER FUNCTION end_overdue_sessions(text[]) OWNER TO repruv_watchdog;
  REVOKE CREATE ON SCHEMA public FROM repruv_watchdog;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE WARNING 'the watchdog is without its rights: %', SQLERRM
    USING HINT = 'As a superuser: GRANT pg_signal_backend, pg_read_all_stats TO repruv_watchdog; '
      'ALTER FUNCTION end_overdue_sessions(text[]) OWNER TO repruv_watchdog';
END
$$;
