-- A queue that a person has paused: workers claim nothing of it. A queue without a row has never been paused.
CREATE TABLE queues (
  name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 63),
  paused_at timestamptz,
  paused_by text CHECK (length(paused_by) <= 300),
  reason text CHECK (length(reason) <= 500),
  version integer NOT NULL DEFAULT 1,     -- what a person saw; grows with every pause and resume
  CONSTRAINT pause_is_told CHECK ((paused_at IS NULL) = (paused_by IS NULL) AND (paused_at IS NULL) = (reason IS NULL))
);
INSERT INTO queues (name) VALUES ('default');

GRANT SELECT, INSERT, UPDATE ON queues TO repruv_api;
GRANT SELECT ON queues TO repruv_worker, ops_reader;

CREATE VIEW ops.queues WITH (security_invoker) AS
  SELECT name, paused_at, paused_by, reason, version FROM public.queues;
GRANT SELECT ON ops.queues TO ops_reader, repruv_api;
