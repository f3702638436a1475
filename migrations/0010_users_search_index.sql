-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_search ON users USING gin ((email || ' ' || coalesce(full_name, '')) gin_trgm_ops);
