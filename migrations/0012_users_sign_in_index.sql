-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_sign_in ON users (lower(email));
