-- The harness's own book, written by triggers inside the transactions it judges, and without a single unique key: what
-- happens twice stands here twice. It lives in a schema that only the owner may see.
CREATE SCHEMA chaos;

CREATE TABLE chaos.born (job_id uuid NOT NULL, job_type text NOT NULL, user_id uuid, app text NOT NULL, at timestamptz NOT NULL);
CREATE TABLE chaos.claims (job_id uuid NOT NULL, epoch bigint NOT NULL, app text NOT NULL, attempt integer NOT NULL,
  lease interval, begun timestamptz NOT NULL, at timestamptz NOT NULL);
CREATE INDEX ON chaos.claims (job_id, epoch);
CREATE TABLE chaos.ends (job_id uuid NOT NULL, job_type text NOT NULL, user_id uuid, epoch bigint NOT NULL, claimed_by text,
  app text NOT NULL, from_status text NOT NULL, to_status text NOT NULL, attempt integer NOT NULL, expired boolean,
  at timestamptz NOT NULL, xid bigint NOT NULL, due_in interval);
CREATE INDEX ON chaos.ends (job_id, epoch);
CREATE TABLE chaos.moves (user_id uuid NOT NULL, from_status text NOT NULL, to_status text NOT NULL, job_id uuid,
  app text NOT NULL, at timestamptz NOT NULL, xid bigint NOT NULL);
CREATE TABLE chaos.audits (id bigint NOT NULL, action text NOT NULL, staff_id uuid, user_id uuid, job_id uuid, reason text,
  before_state text, after_state text, app text NOT NULL, xid bigint NOT NULL);
CREATE TABLE chaos.pruned (job_id uuid NOT NULL, status text NOT NULL, named_while_live boolean NOT NULL, at timestamptz NOT NULL);
CREATE TABLE chaos.strangers (job_id uuid NOT NULL, epoch bigint NOT NULL, what text NOT NULL, app text NOT NULL,
  claimed_by text, at timestamptz NOT NULL);
CREATE TABLE chaos.leases (job_id uuid NOT NULL, app text NOT NULL, lease interval NOT NULL, at timestamptz NOT NULL);
CREATE TABLE chaos.signals (app text NOT NULL, what text NOT NULL, at timestamptz NOT NULL, gone_at timestamptz);

CREATE FUNCTION chaos.app() RETURNS text LANGUAGE sql STABLE AS $$ SELECT current_setting('application_name') $$;

CREATE FUNCTION chaos.job_born() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO chaos.born VALUES (NEW.id, NEW.job_type, NEW.user_id, chaos.app(), clock_timestamp());
  RETURN NULL;
END
$$;
CREATE TRIGGER chaos_born AFTER INSERT ON background_jobs FOR EACH ROW EXECUTE FUNCTION chaos.job_born();

CREATE FUNCTION chaos.job_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  holder text;
  expired boolean;
BEGIN
  IF OLD.status <> 'running' THEN
    IF NEW.status = 'running' THEN
      INSERT INTO chaos.claims VALUES (NEW.id, NEW.lease_epoch, chaos.app(), NEW.attempt, NEW.lease_expires_at - now(), now(), clock_timestamp());
    ELSIF NEW.status <> OLD.status THEN
      INSERT INTO chaos.ends VALUES (NEW.id, NEW.job_type, NEW.user_id, OLD.lease_epoch, NULL, chaos.app(), OLD.status,
        NEW.status, NEW.attempt, NULL, clock_timestamp(), txid_current(), NULL);
    END IF;
    RETURN NULL;
  END IF;
  SELECT c.app INTO holder FROM chaos.claims c WHERE c.job_id = OLD.id AND c.epoch = OLD.lease_epoch ORDER BY c.at DESC LIMIT 1;
  expired := OLD.lease_expires_at < now() OR OLD.deadline_at < now();
  IF NEW.status = 'running' AND NEW.lease_expires_at IS DISTINCT FROM OLD.lease_expires_at THEN
    INSERT INTO chaos.leases SELECT NEW.id, chaos.app(), NEW.lease_expires_at - now(), clock_timestamp()
    WHERE NEW.lease_expires_at - now() NOT BETWEEN interval '0.5 s' AND interval '2.5 s';
  END IF;
  -- A worker may write to a running job only when it is the one that claimed this epoch, or to rescue one whose time ran out.
  IF chaos.app() LIKE 'worker-%' AND chaos.app() IS DISTINCT FROM holder AND NOT (NEW.status <> 'running' AND expired) THEN
    INSERT INTO chaos.strangers VALUES (OLD.id, OLD.lease_epoch, CASE
      WHEN NEW.status <> 'running' THEN 'ended as ' || NEW.status
      WHEN NEW.lease_expires_at IS DISTINCT FROM OLD.lease_expires_at THEN 'renewed' ELSE 'reported progress' END,
      chaos.app(), holder, clock_timestamp());
  END IF;
  IF NEW.status <> 'running' THEN
    INSERT INTO chaos.ends VALUES (NEW.id, NEW.job_type, NEW.user_id, OLD.lease_epoch, holder, chaos.app(), OLD.status,
      NEW.status, NEW.attempt, expired, clock_timestamp(), txid_current(), greatest(NEW.run_at - clock_timestamp(), interval '0'));
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER chaos_changed AFTER UPDATE ON background_jobs FOR EACH ROW EXECUTE FUNCTION chaos.job_changed();

CREATE FUNCTION chaos.job_pruned() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO chaos.pruned VALUES (OLD.id, OLD.status, EXISTS (SELECT FROM users u WHERE u.demo_mode_job_id = OLD.id
    AND u.demo_mode_status IN ('enabling', 'disabling')), clock_timestamp());
  RETURN OLD;
END
$$;
CREATE TRIGGER chaos_pruned BEFORE DELETE ON background_jobs FOR EACH ROW EXECUTE FUNCTION chaos.job_pruned();

CREATE FUNCTION chaos.user_moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO chaos.moves VALUES (NEW.id, OLD.demo_mode_status, NEW.demo_mode_status, NEW.demo_mode_job_id, chaos.app(),
    clock_timestamp(), txid_current());
  RETURN NULL;
END
$$;
CREATE TRIGGER chaos_moved AFTER UPDATE OF demo_mode_status ON users FOR EACH ROW
  WHEN (OLD.demo_mode_status IS DISTINCT FROM NEW.demo_mode_status) EXECUTE FUNCTION chaos.user_moved();

CREATE FUNCTION chaos.audited() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO chaos.audits VALUES (NEW.id, NEW.action, NEW.staff_id, NEW.user_id, NEW.job_id, NEW.reason, NEW.before_state,
    NEW.after_state, chaos.app(), txid_current());
  RETURN NULL;
END
$$;
CREATE TRIGGER chaos_audited AFTER INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION chaos.audited();
