-- The database as the former backend left it. On that database this changes nothing; on an empty one it makes the same
-- tables, so that every later step starts from one shape.
CREATE TABLE IF NOT EXISTS users (
  id uuid PRIMARY KEY,
  email varchar(255) NOT NULL UNIQUE,
  hashed_password varchar(255),
  full_name varchar(255),
  is_active boolean NOT NULL DEFAULT true,
  is_superuser boolean NOT NULL DEFAULT false,
  demo_mode boolean DEFAULT false,
  demo_mode_type varchar(50),
  demo_profile_id varchar(64),
  access_status varchar(20) DEFAULT 'waiting',
  user_kind varchar(20) DEFAULT 'regular',
  marketing_opt_in boolean DEFAULT true,
  marketing_bounced boolean DEFAULT false,
  countdown_t14_sent_at timestamp,
  countdown_t7_sent_at timestamp,
  countdown_t3_sent_at timestamp,
  countdown_t1_sent_at timestamp,
  launched_sent_at timestamp,
  created_at timestamp NOT NULL DEFAULT now(),
  updated_at timestamp
);

CREATE TABLE IF NOT EXISTS platform_connections (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  platform varchar(20) NOT NULL,
  platform_user_id varchar(255),
  platform_username varchar(255),
  access_token text,
  refresh_token text,
  token_expires_at timestamp,
  is_active boolean DEFAULT true,
  connected_at timestamp DEFAULT now(),
  last_synced_at timestamp
);

-- Refresh tokens of the former backend, in clear; nothing reads them any more. Dropped with the contract step.
CREATE TABLE IF NOT EXISTS refresh_tokens (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  token varchar(512) NOT NULL UNIQUE,
  expires_at timestamp NOT NULL,
  revoked boolean NOT NULL DEFAULT false,
  created_at timestamp NOT NULL DEFAULT now()
);

-- The former migration tool's mark: kept on a database that has it, so that its last state stays readable.
CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32) PRIMARY KEY);
