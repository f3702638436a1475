-- no-transaction
-- A user's sessions that nobody has ended: some people sign in thirty thousand times.
CREATE INDEX CONCURRENTLY IF NOT EXISTS user_sessions_active ON user_sessions (user_id, created_at DESC, id DESC) WHERE revoked_at IS NULL;
