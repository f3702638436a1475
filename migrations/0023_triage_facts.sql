-- What a verdict on a stuck job needs to know and nobody wrote down: which work each worker can do and how much of it, how
-- the demo service answers, and of which class the last error was. NULL: a build from before this does not tell.
ALTER TABLE worker_sessions
  ADD COLUMN queue text,
  ADD COLUMN job_types text[],
  ADD COLUMN slots integer,
  ADD COLUMN in_hand integer;             -- as of last_seen_at

-- How the demo service answered one worker. Written at most once a second, apart from any job's transaction.
CREATE TABLE demo_service_health (
  worker_id uuid PRIMARY KEY REFERENCES worker_sessions (id) ON DELETE CASCADE,
  updated_at timestamptz NOT NULL DEFAULT now(),
  last_ok_at timestamptz,
  last_error_at timestamptz,
  last_error_class text CHECK (length(last_error_class) <= 40),
  last_error text CHECK (length(last_error) <= 500),
  recent_ok integer NOT NULL DEFAULT 0,   -- of its last 100 requests in the last five minutes
  recent_errors integer NOT NULL DEFAULT 0,
  latency_ms double precision             -- of requests that were answered; each counts a fifth of the mean
) WITH (fillfactor = 50);

-- The class of `error_message`, from a closed set of the rules crate. Not checked against rows of before: they have none.
ALTER TABLE background_jobs ADD COLUMN error_class text;
ALTER TABLE background_jobs ADD CONSTRAINT error_class_length CHECK (length(error_class) <= 40) NOT VALID;

GRANT SELECT, INSERT, UPDATE ON demo_service_health TO repruv_worker;
GRANT SELECT ON demo_service_health TO repruv_api, ops_reader;

CREATE OR REPLACE VIEW ops.workers WITH (security_invoker) AS
  SELECT id, host, pid, build, started_at, last_seen_at, stopped_at, queue, job_types, slots, in_hand
  FROM public.worker_sessions;

CREATE VIEW ops.demo_service_health WITH (security_invoker) AS
  SELECT worker_id, updated_at, last_ok_at, last_error_at, last_error_class, last_error, recent_ok, recent_errors, latency_ms
  FROM public.demo_service_health;

CREATE OR REPLACE VIEW ops.jobs WITH (security_invoker) AS
  SELECT id, job_type, queue, user_id, status, priority, attempt, max_attempts, version, schema_version, dedupe_key,
    run_at, created_at, started_at, completed_at, deadline_at, cancel_requested_at, lease_epoch, locked_by,
    lease_expires_at, progress, progress_step, payload, result_data, error_message,
    scheduled_for, error_class
  FROM public.background_jobs;

GRANT SELECT ON ops.demo_service_health TO ops_reader, repruv_api;
