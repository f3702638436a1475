-- no-transaction
-- Failures that wait for a person, the newest first. Costs nothing on the way of a user whose demo mode works.
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_demo_mode_failed ON users (demo_mode_changed_at DESC, id) WHERE demo_mode_status = 'failed';
