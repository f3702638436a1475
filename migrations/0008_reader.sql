-- What the staff window may read, and the logins it reads with.
--
-- Plain views with the reader's own rights over column grants: through security_barrier views neither the index order nor
-- a trigram search gets through. Nothing is hidden by filtering rows; what must not be seen is not granted.
CREATE SCHEMA ops;
GRANT USAGE ON SCHEMA ops TO ops_reader, repruv_api;

GRANT SELECT (id, email, full_name, is_active, demo_mode, demo_mode_status, demo_mode_error, demo_mode_failed_operation,
  demo_mode_job_id, demo_mode_changed_at, demo_mode_version, demo_profile_id, demo_mode_type, demo_profile_niche,
  demo_profile_preset, created_at) ON users TO ops_reader;
GRANT SELECT (id, user_id, platform, platform_username, connection_status, connection_error, connected_at,
  last_synced_at) ON platform_connections TO ops_reader;
GRANT SELECT ON background_jobs, job_events, worker_sessions, job_stats, job_stats_watermark TO ops_reader;
GRANT SELECT (id, user_id, transport, user_agent, address, created_at, last_seen_at, expires_at, revoked_at, revoked_by,
  version) ON user_sessions TO ops_reader;
GRANT SELECT ON audit_entries TO ops_reader;

CREATE VIEW ops.users WITH (security_invoker) AS
  SELECT id, email, full_name, is_active, demo_mode, demo_mode_status, demo_mode_error, demo_mode_failed_operation,
    demo_mode_job_id, demo_mode_changed_at, demo_mode_version, demo_profile_id, demo_mode_type, demo_profile_niche,
    demo_profile_preset, created_at
  FROM public.users;

CREATE VIEW ops.connections WITH (security_invoker) AS
  SELECT id, user_id, platform, platform_username, connection_status, connection_error, connected_at, last_synced_at
  FROM public.platform_connections;

CREATE VIEW ops.jobs WITH (security_invoker) AS
  SELECT id, job_type, queue, user_id, status, priority, attempt, max_attempts, version, schema_version, dedupe_key,
    run_at, created_at, started_at, completed_at, deadline_at, cancel_requested_at, lease_epoch, locked_by,
    lease_expires_at, progress, progress_step, payload, result_data, error_message,
    scheduled_for
  FROM public.background_jobs;

CREATE VIEW ops.job_events WITH (security_invoker) AS
  SELECT id, job_id, user_id, at, event, from_status, to_status, attempt, actor, detail FROM public.job_events;

CREATE VIEW ops.workers WITH (security_invoker) AS
  SELECT id, host, pid, build, started_at, last_seen_at, stopped_at FROM public.worker_sessions;

CREATE VIEW ops.job_stats WITH (security_invoker) AS
  SELECT minute, job_type, status, n, sum_ms, buckets FROM public.job_stats;

CREATE VIEW ops.job_stats_watermark WITH (security_invoker) AS
  SELECT through FROM public.job_stats_watermark;

CREATE VIEW ops.sessions WITH (security_invoker) AS
  SELECT id, user_id, transport, user_agent, address, created_at, last_seen_at, expires_at, revoked_at, revoked_by, version
  FROM public.user_sessions;

CREATE VIEW ops.audit WITH (security_invoker) AS
  SELECT id, at, staff_id, actor, action, user_id, user_email, job_id, session_id, reason, before_state, after_state,
    request_id
  FROM public.audit_entries;

GRANT SELECT ON ALL TABLES IN SCHEMA ops TO ops_reader, repruv_api;

-- Logins are minted by functions of the owner, so that the API's role needs no right over roles. The password is made
-- by the API; scram-sha-256 is what the server stores of it.
CREATE FUNCTION mint_reader_login(login text, login_password text, valid_for interval) RETURNS timestamptz
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ends timestamptz := now() + least(valid_for, interval '12 hours');
BEGIN
  IF login !~ '^staff_[0-9a-f]{8}_[0-9a-f]{8}$' THEN
    RAISE EXCEPTION 'not a reader login' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L VALID UNTIL %L', login, login_password, ends);
  ELSE
    EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT CONNECTION LIMIT 6 '
      'PASSWORD %L VALID UNTIL %L IN ROLE ops_reader', login, login_password, ends);
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''5s''', login);
    EXECUTE format('ALTER ROLE %I SET lock_timeout = ''1s''', login);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''5s''', login);
    EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', login);
  END IF;
  RETURN ends;
END
$$;

CREATE FUNCTION end_reader_login(login text) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF login !~ '^staff_[0-9a-f]{8}_[0-9a-f]{8}$' OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
    RETURN;
  END IF;
  EXECUTE format('ALTER ROLE %I NOLOGIN', login);
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = login;
  EXECUTE format('DROP ROLE %I', login);
END
$$;

REVOKE ALL ON FUNCTION mint_reader_login(text, text, interval), end_reader_login(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mint_reader_login(text, text, interval), end_reader_login(text) TO repruv_api;
