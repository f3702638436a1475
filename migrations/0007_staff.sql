-- Who operates, what they did, and which of their commands have been answered.
CREATE TABLE staff (
  id uuid PRIMARY KEY,
  email varchar(255) NOT NULL,
  name varchar(255) NOT NULL,
  role text NOT NULL CHECK (role IN ('viewer', 'support', 'admin')),
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz
);
CREATE UNIQUE INDEX staff_email ON staff (lower(email));

CREATE TABLE staff_sessions (
  id uuid PRIMARY KEY,
  staff_id uuid NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
  access_hash bytea NOT NULL UNIQUE CHECK (length(access_hash) = 32),
  access_expires_at timestamptz NOT NULL,
  user_agent text CHECK (length(user_agent) <= 500),
  address text CHECK (length(address) <= 64),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  database_login text,                   -- the login minted for this session, ended with it
  CONSTRAINT database_login_word CHECK (database_login ~ '^staff_[0-9a-f]{8}_[0-9a-f]{8}$')
);
CREATE INDEX staff_sessions_staff ON staff_sessions (staff_id);

CREATE TABLE staff_refresh_tokens (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  session_id uuid NOT NULL REFERENCES staff_sessions (id) ON DELETE CASCADE,
  issued_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  successor_hash bytea CHECK (length(successor_hash) = 32)
);
CREATE INDEX staff_refresh_tokens_session ON staff_refresh_tokens (session_id);

-- The answer to every command that carried an Idempotency-Key, written in the command's own transaction.
CREATE TABLE command_receipts (
  actor_id uuid NOT NULL,                -- staff member or customer: keys of one person never meet another's
  key text NOT NULL CHECK (length(key) BETWEEN 8 AND 100),
  request_hash bytea NOT NULL CHECK (length(request_hash) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (actor_id, key)
);
CREATE INDEX command_receipts_age ON command_receipts (created_at);

-- One row a change, in the change's transaction. No role of ours may alter or remove one.
CREATE TABLE audit_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  staff_id uuid,
  actor text NOT NULL CHECK (length(actor) <= 300),
  action text NOT NULL CHECK (length(action) <= 100),
  user_id uuid,
  user_email varchar(255),               -- as it was: the trail survives the people in it
  job_id uuid,
  session_id uuid,
  reason text CHECK (length(reason) <= 500),
  before_state text CHECK (length(before_state) <= 500),
  after_state text CHECK (length(after_state) <= 500),
  request_id text CHECK (length(request_id) <= 100),
  address text CHECK (length(address) <= 64)
);
CREATE INDEX audit_entries_user ON audit_entries (user_id, id DESC) WHERE user_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE ON staff, staff_sessions TO repruv_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON staff_refresh_tokens TO repruv_api;
GRANT SELECT, INSERT ON command_receipts, audit_entries TO repruv_api;
GRANT SELECT, INSERT ON audit_entries TO repruv_worker;
GRANT SELECT, DELETE ON command_receipts, staff_refresh_tokens TO repruv_worker;
GRANT SELECT ON staff_sessions TO repruv_worker;
