-- Customers' sessions. Tokens are stored as SHA-256 only; a session is the family of all its refresh tokens.
CREATE TABLE user_sessions (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  access_hash bytea NOT NULL UNIQUE CHECK (length(access_hash) = 32),
  access_expires_at timestamptz NOT NULL,
  transport text NOT NULL CHECK (transport IN ('cookie', 'bearer')),
  user_agent text CHECK (length(user_agent) <= 500),
  address text CHECK (length(address) <= 64),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,       -- the absolute limit; refused after this, whatever happens
  revoked_at timestamptz,
  revoked_by text CHECK (length(revoked_by) <= 300),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT revoked_is_told CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
) WITH (fillfactor = 85);
CREATE INDEX user_sessions_user ON user_sessions (user_id, created_at DESC, id DESC);
CREATE INDEX user_sessions_newest ON user_sessions (created_at DESC, id DESC);

-- Session edges: active to revoked, never back. Expiry is a matter of time and derived.
CREATE TRIGGER session_edge BEFORE UPDATE OF revoked_at ON user_sessions FOR EACH ROW
  WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at)
  EXECUTE FUNCTION refuse_edge();

-- Every refresh token of a session. A used one names its successor: asked for again before the successor was used, the
-- answer was lost and is repeated with a new successor; afterwards it was stolen and the whole session ends.
CREATE TABLE user_refresh_tokens (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  session_id uuid NOT NULL REFERENCES user_sessions (id) ON DELETE CASCADE,
  issued_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  successor_hash bytea CHECK (length(successor_hash) = 32)
);
CREATE INDEX user_refresh_tokens_session ON user_refresh_tokens (session_id);

GRANT SELECT, INSERT, UPDATE ON user_sessions TO repruv_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON user_refresh_tokens TO repruv_api;
GRANT SELECT, DELETE ON user_sessions, user_refresh_tokens TO repruv_worker;
