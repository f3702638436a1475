-- Jobs: durable background work. PostgreSQL is the queue, the lease keeper and the history.
CREATE TABLE background_jobs (
  id uuid PRIMARY KEY,                    -- UUIDv7, made by the application: random ids scatter the index
  job_type text NOT NULL CHECK (job_type ~ '^[a-z][a-z0-9_]{0,62}$'),
  queue text NOT NULL DEFAULT 'default' CHECK (length(queue) BETWEEN 1 AND 63),
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  status text NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
  priority smallint NOT NULL DEFAULT 100, -- the smaller the sooner
  attempt integer NOT NULL DEFAULT 0,
  max_attempts integer NOT NULL DEFAULT 5 CHECK (max_attempts BETWEEN 1 AND 100),
  version integer NOT NULL DEFAULT 1,     -- what a person saw; grows with every change of state, not with progress
  schema_version smallint NOT NULL DEFAULT 1,
  dedupe_key text CHECK (length(dedupe_key) <= 200),
  run_at timestamptz NOT NULL DEFAULT now(),        -- moves with every retry
  scheduled_for timestamptz NOT NULL DEFAULT now(), -- when it was first due: durations count from here
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  deadline_at timestamptz,
  cancel_requested_at timestamptz,
  lease_epoch bigint NOT NULL DEFAULT 0,  -- the fence: grows with every claim, checked by every write of a worker
  locked_by uuid,                         -- a worker session: new at every start of a process
  lease_expires_at timestamptz,
  progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  progress_step text CHECK (length(progress_step) <= 200),
  payload jsonb NOT NULL DEFAULT '{}' CHECK (pg_column_size(payload) < 65536),
  result_data jsonb CHECK (pg_column_size(result_data) < 65536),
  error_message text CHECK (length(error_message) <= 2000),
  CONSTRAINT running_has_lease CHECK ((status = 'running') = (locked_by IS NOT NULL AND lease_expires_at IS NOT NULL)),
  CONSTRAINT terminal_has_end CHECK ((status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL)),
  CONSTRAINT attempts_within_budget CHECK (attempt BETWEEN 0 AND max_attempts)
) WITH (
  fillfactor = 85, -- room for heartbeats to stay on their page (HOT)
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0
);

-- Nothing that a heartbeat or a progress report changes may stand in an index.
CREATE INDEX background_jobs_ready ON background_jobs (queue, priority, run_at, id) WHERE status = 'pending';
CREATE INDEX background_jobs_running ON background_jobs (id) WHERE status = 'running';
CREATE UNIQUE INDEX background_jobs_active ON background_jobs (dedupe_key)
  WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'running');
CREATE INDEX background_jobs_user ON background_jobs (user_id, created_at DESC, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX background_jobs_done ON background_jobs (completed_at, id) WHERE completed_at IS NOT NULL;

CREATE FUNCTION refuse_edge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'illegal change of state in %', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END
$$;

-- The edges of the rules crate, which a test compares with this list. In the WHEN clause, because there it costs no call.
CREATE TRIGGER job_edge BEFORE UPDATE OF status ON background_jobs FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (
    ('pending', 'running'), ('pending', 'cancelled'),
    ('running', 'pending'), ('running', 'completed'), ('running', 'failed'), ('running', 'cancelled'),
    ('failed', 'pending'), ('cancelled', 'pending')))
  EXECUTE FUNCTION refuse_edge();

-- What happened to every job: its history, its audit trail and the live feed. Appended in the transaction of the change.
CREATE TABLE job_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- becomes visible out of order: readers overlap
  job_id uuid NOT NULL,
  user_id uuid,
  at timestamptz NOT NULL DEFAULT now(),
  event text NOT NULL,
  from_status text,
  to_status text NOT NULL,
  attempt integer NOT NULL,
  actor text NOT NULL CHECK (length(actor) <= 300),
  detail text CHECK (length(detail) <= 2000)
) WITH (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000);
CREATE INDEX job_events_job ON job_events (job_id, id);
CREATE INDEX job_events_user ON job_events (user_id, at DESC, id DESC) WHERE user_id IS NOT NULL;

-- Worker processes, for the screen only: no decision about a job reads this.
CREATE TABLE worker_sessions (
  id uuid PRIMARY KEY,
  host text NOT NULL CHECK (length(host) <= 255),
  pid integer NOT NULL,
  build text NOT NULL CHECK (length(build) <= 100),
  started_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  stopped_at timestamptz
) WITH (fillfactor = 50);

-- Finished jobs by minute, rolled up once by one process, so that no screen counts history.
CREATE TABLE job_stats (
  minute timestamptz NOT NULL,
  job_type text NOT NULL,
  status text NOT NULL,
  n integer NOT NULL,
  sum_ms double precision NOT NULL,      -- from first due to done
  buckets integer[] NOT NULL,            -- 32 counts; bucket k holds durations up to 100 ms * 1.5^k
  PRIMARY KEY (minute, job_type, status)
);
CREATE TABLE job_stats_watermark (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  through timestamptz NOT NULL            -- every minute before this is rolled up
);
INSERT INTO job_stats_watermark (through) VALUES (date_trunc('minute', now()));

GRANT SELECT, INSERT, UPDATE ON background_jobs TO repruv_api, repruv_worker;
GRANT DELETE ON background_jobs, job_events TO repruv_worker;
GRANT SELECT, INSERT ON job_events TO repruv_api, repruv_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON worker_sessions, job_stats TO repruv_worker;
GRANT SELECT, UPDATE ON job_stats_watermark TO repruv_worker;
GRANT SELECT ON worker_sessions, job_stats, job_stats_watermark TO repruv_api;
