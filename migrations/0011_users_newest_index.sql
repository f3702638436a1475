-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_newest ON users (created_at DESC, id DESC);
