-- no-transaction
-- Failed and cancelled jobs, newest first (ids grow with time): what staff look for most, and rare among millions that
-- completed. Costs nothing on the way of a job that succeeds. The sixth and last index besides the primary key.
CREATE INDEX CONCURRENTLY IF NOT EXISTS background_jobs_troubled ON background_jobs (id) WHERE status IN ('failed', 'cancelled');
