-- no-transaction
-- Two claims of one truth: the old switch against the state, or a profile that is recorded although demo mode is off. Empty
-- on a healthy database, so looking costs one page.
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_contradictory ON users (id) WHERE (demo_mode IS DISTINCT FROM (demo_mode_status IN ('enabled', 'disabling')))
  OR (demo_mode_status = 'disabled' AND demo_profile_id IS NOT NULL);
