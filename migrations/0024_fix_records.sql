-- Every fix that a verdict led to: what was wrong, what was done about it, what came of it and whether it held. The times
-- come from the history of the jobs, by upkeep, so that nobody has to keep a window open.
CREATE TABLE fix_records (
  id uuid PRIMARY KEY,                    -- UUIDv7
  at timestamptz NOT NULL DEFAULT now(),  -- accepted: the command and this row are one transaction
  staff_id uuid,
  actor text NOT NULL CHECK (length(actor) <= 300),
  user_id uuid,                           -- the case: a user, a job, or both; it outlives them
  job_id uuid,
  user_version integer,                   -- as the person saw them
  job_version integer,
  cause text NOT NULL CHECK (length(cause) <= 40),
  fix text NOT NULL CHECK (length(fix) <= 40),
  error_class text CHECK (length(error_class) <= 40),
  watched_job_id uuid,                    -- the job that brings the effect about, where one does
  expected text CHECK (length(expected) <= 40), -- the user's state, or the job's where there is no user, that is the effect
  due_at timestamptz NOT NULL,            -- from history: past it, look again
  claimed_at timestamptz,                 -- the first sign of a worker
  confirmed_at timestamptz,               -- the effect is there
  missed_at timestamptz,                  -- it ended otherwise
  held text NOT NULL DEFAULT 'unknown' CHECK (held IN ('yes', 'no', 'unknown')),
  closed_at timestamptz,                  -- nothing is looked for any more; `held` is final
  CONSTRAINT either_confirmed_or_missed CHECK (confirmed_at IS NULL OR missed_at IS NULL),
  CONSTRAINT a_case_has_a_subject CHECK (num_nonnulls(user_id, job_id) > 0)
);
CREATE INDEX fix_records_open ON fix_records (id) WHERE closed_at IS NULL;
CREATE INDEX fix_records_user ON fix_records (user_id, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX fix_records_job ON fix_records (job_id, id DESC) WHERE job_id IS NOT NULL;
CREATE INDEX fix_records_at ON fix_records (at);

-- Errors that ended a job for good and that no rule has words for. An admin can fill them in; until then they need words.
CREATE TABLE error_words (
  fingerprint text PRIMARY KEY CHECK (length(fingerprint) <= 300), -- class and message, numbers and ids left out
  error_class text CHECK (length(error_class) <= 40),
  sample text NOT NULL CHECK (length(sample) <= 2000),
  seen integer NOT NULL DEFAULT 1,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  last_job_id uuid,
  title text CHECK (length(title) BETWEEN 3 AND 100),
  customer_sees text CHECK (length(customer_sees) BETWEEN 3 AND 500),
  ticket_reply text CHECK (length(ticket_reply) BETWEEN 3 AND 2000),
  written_by text CHECK (length(written_by) <= 300),
  written_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT words_are_whole CHECK (num_nulls(title, customer_sees, ticket_reply, written_by, written_at) IN (0, 5))
);
CREATE INDEX error_words_needed ON error_words (last_seen_at DESC) WHERE title IS NULL;

-- One place that says which errors are the same error: the class, and the message without what differs each time.
CREATE FUNCTION error_fingerprint(error_class text, message text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN coalesce(error_class, 'unknown') || ': ' || left(regexp_replace(
    lower(message), '[0-9a-f]{8}-[0-9a-f-]{27}|[^\s@]+@[^\s@]+|(prof|job)_[0-9a-z]+|[0-9]+', '#', 'g'), 200);

GRANT SELECT, INSERT, UPDATE ON fix_records TO repruv_api;
GRANT SELECT, UPDATE, DELETE ON fix_records TO repruv_worker;
GRANT SELECT ON fix_records TO ops_reader;
GRANT SELECT, UPDATE ON error_words TO repruv_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON error_words TO repruv_worker;
GRANT SELECT ON error_words TO ops_reader;
REVOKE ALL ON FUNCTION error_fingerprint(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION error_fingerprint(text, text) TO repruv_api, repruv_worker;

CREATE VIEW ops.fix_records WITH (security_invoker) AS
  SELECT id, at, staff_id, actor, user_id, job_id, user_version, job_version, cause, fix, error_class, watched_job_id,
    expected, due_at, claimed_at, confirmed_at, missed_at, held, closed_at
  FROM public.fix_records;

CREATE VIEW ops.error_words WITH (security_invoker) AS
  SELECT fingerprint, error_class, sample, seen, first_seen_at, last_seen_at, last_job_id, title, customer_sees,
    ticket_reply, written_by, written_at, version
  FROM public.error_words;

GRANT SELECT ON ops.fix_records, ops.error_words TO ops_reader, repruv_api;
