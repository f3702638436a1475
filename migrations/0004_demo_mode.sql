-- Expand: demo mode becomes a state. The boolean `demo_mode` stays readable for the former backend's readers and is
-- derived from the state; it goes with the contract step.
ALTER TABLE users
  ADD COLUMN demo_mode_status text NOT NULL DEFAULT 'disabled',
  ADD COLUMN demo_mode_error text,
  ADD COLUMN demo_mode_failed_operation text,
  ADD COLUMN demo_mode_job_id uuid REFERENCES background_jobs (id) ON DELETE SET NULL,
  ADD COLUMN demo_mode_changed_at timestamptz,
  ADD COLUMN demo_mode_version integer NOT NULL DEFAULT 1,
  ADD COLUMN demo_profile_niche varchar(60),
  ADD COLUMN demo_profile_preset varchar(64);

UPDATE users SET demo_mode_status = 'enabled' WHERE demo_mode;
UPDATE users SET demo_mode = false WHERE demo_mode IS NULL;

ALTER TABLE users
  ADD CONSTRAINT demo_mode_status_word
    CHECK (demo_mode_status IN ('disabled', 'enabling', 'enabled', 'disabling', 'failed')),
  ADD CONSTRAINT demo_mode_failure_is_told
    CHECK ((demo_mode_status = 'failed') = (demo_mode_failed_operation IS NOT NULL)
      AND (demo_mode_status <> 'failed' OR demo_mode_error IS NOT NULL)),
  ADD CONSTRAINT demo_mode_failed_operation_word CHECK (demo_mode_failed_operation IN ('enable', 'disable')),
  ADD CONSTRAINT demo_mode_error_length CHECK (length(demo_mode_error) <= 2000),
  ADD CONSTRAINT demo_mode_in_progress_has_job
    CHECK (demo_mode_status NOT IN ('enabling', 'disabling') OR demo_mode_job_id IS NOT NULL);

CREATE INDEX users_demo_mode_job ON users (demo_mode_job_id) WHERE demo_mode_job_id IS NOT NULL;
-- The few that are not at rest: what staff look for first.
CREATE INDEX users_demo_mode_restless ON users (demo_mode_status, id)
  WHERE demo_mode_status IN ('enabling', 'disabling', 'failed');

-- The edges of the rules crate, which a test compares with this list.
CREATE TRIGGER demo_mode_edge BEFORE UPDATE OF demo_mode_status ON users FOR EACH ROW
  WHEN (OLD.demo_mode_status IS DISTINCT FROM NEW.demo_mode_status
    AND (OLD.demo_mode_status, NEW.demo_mode_status) NOT IN (
      ('disabled', 'enabling'),
      ('enabling', 'disabled'), ('enabling', 'enabled'), ('enabling', 'disabling'), ('enabling', 'failed'),
      ('enabled', 'disabling'),
      ('disabling', 'disabled'), ('disabling', 'enabled'), ('disabling', 'failed'),
      ('failed', 'disabled'), ('failed', 'enabling'), ('failed', 'disabling')))
  EXECUTE FUNCTION refuse_edge();

-- Keeps the boolean in step: true while demo content is there to be seen. An old writer that sets only the boolean is
-- refused, because silently undoing it would hide its fault.
CREATE FUNCTION demo_mode_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.demo_mode AND NEW.demo_mode_status = 'disabled' THEN
    NEW.demo_mode_status := 'enabled'; -- sign-up by the former backend
  ELSIF TG_OP = 'UPDATE' AND NEW.demo_mode IS DISTINCT FROM OLD.demo_mode
    AND NEW.demo_mode_status = OLD.demo_mode_status THEN
    RAISE EXCEPTION 'users.demo_mode is derived from demo_mode_status: change demo mode through the API'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'demo_mode_in_step';
  END IF;
  NEW.demo_mode := NEW.demo_mode_status IN ('enabled', 'disabling');
  RETURN NEW;
END
$$;
CREATE TRIGGER demo_mode_in_step_insert BEFORE INSERT ON users
  FOR EACH ROW EXECUTE FUNCTION demo_mode_in_step();
CREATE TRIGGER demo_mode_in_step_update BEFORE UPDATE OF demo_mode, demo_mode_status ON users
  FOR EACH ROW EXECUTE FUNCTION demo_mode_in_step();

GRANT SELECT, INSERT, UPDATE ON users TO repruv_api;
GRANT SELECT ON users TO repruv_worker;
GRANT UPDATE (demo_mode_status, demo_mode_error, demo_mode_failed_operation, demo_mode_job_id, demo_mode_changed_at,
  demo_mode_version, demo_profile_id, demo_mode_type, demo_profile_niche, demo_profile_preset, updated_at)
  ON users TO repruv_worker;
