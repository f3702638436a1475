-- no-transaction
-- A user's sessions in the order in which they ended, for the timeline: some people sign in thirty thousand times.
CREATE INDEX CONCURRENTLY IF NOT EXISTS user_sessions_ended ON user_sessions (user_id, revoked_at DESC, id DESC) WHERE revoked_at IS NOT NULL;
