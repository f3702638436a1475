-- The trail is sealed: each line carries the hash of itself and of the line before it in its chain, so that no line can be
-- changed, removed or put between others without every later seal of the chain being wrong.
--
-- There are 32 chains, and the connection decides which one a line joins: a chain's head is locked from the line to the
-- commit, and one chain for all would make every command of every customer wait for the commit of the one before.
ALTER TABLE audit_entries
  ADD COLUMN chain smallint,
  ADD COLUMN chain_seq bigint,
  ADD COLUMN seal bytea,
  ADD CONSTRAINT audit_is_sealed CHECK (chain > 0 AND chain_seq > 0 AND length(seal) = 32 AND seal IS NOT NULL
    AND chain IS NOT NULL AND chain_seq IS NOT NULL) NOT VALID;   -- lines of before are covered by chain 0
CREATE UNIQUE INDEX audit_entries_chain ON audit_entries (chain, chain_seq) WHERE chain IS NOT NULL;

-- Where each chain ends. Chain 0 is over the lines that were there before chains were, in the order of their ids.
CREATE TABLE audit_chains (
  chain smallint PRIMARY KEY,
  entries bigint NOT NULL,
  seal bytea NOT NULL CHECK (length(seal) = 32)
) WITH (fillfactor = 10);

-- Each field as its length in bytes, a colon and its text, or a dash when it is null: no two lines have one text.
-- `repruv-server audit verify` computes the same by a program of its own, so that this function need not be trusted.
CREATE FUNCTION audit_seal(previous bytea, e audit_entries) RETURNS bytea LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(previous || convert_to(string_agg(
    coalesce(octet_length(convert_to(f.value, 'UTF8')) || ':' || f.value, '-'), ',' ORDER BY f.place), 'UTF8'))
  FROM unnest(ARRAY[e.id::text, (extract(epoch FROM e.at) * 1000000)::bigint::text, e.staff_id::text, e.actor::text,
    e.action::text, e.user_id::text, e.user_email::text, e.job_id::text, e.session_id::text, e.reason::text,
    e.before_state::text, e.after_state::text, e.request_id::text, e.address::text, e.chain::text, e.chain_seq::text])
    WITH ORDINALITY f (value, place)
$$;

CREATE FUNCTION seal_audit_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  head public.audit_chains;
BEGIN
  NEW.chain := 1 + pg_backend_pid() % 32;
  SELECT * INTO STRICT head FROM public.audit_chains WHERE chain = NEW.chain FOR NO KEY UPDATE;
  NEW.chain_seq := head.entries + 1;
  NEW.seal := public.audit_seal(head.seal, NEW);
  UPDATE public.audit_chains SET entries = NEW.chain_seq, seal = NEW.seal WHERE chain = NEW.chain;
  RETURN NEW;
END
$$;
CREATE TRIGGER audit_sealed BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION seal_audit_entry();

DO $$
DECLARE
  line audit_entries;
  counted bigint := 0;
  sealed bytea := sha256('repruv audit chain 0'::bytea);
BEGIN
  FOR line IN SELECT * FROM audit_entries ORDER BY id LOOP
    counted := counted + 1;
    sealed := audit_seal(sealed, line);
  END LOOP;
  INSERT INTO audit_chains (chain, entries, seal) VALUES (0, counted, sealed);
  INSERT INTO audit_chains (chain, entries, seal)
    SELECT n, 0, sha256(convert_to('repruv audit chain ' || n, 'UTF8')) FROM generate_series(1, 32) n;
END
$$;

REVOKE ALL ON FUNCTION audit_seal(bytea, audit_entries), seal_audit_entry() FROM PUBLIC;
GRANT SELECT ON audit_chains TO repruv_api;

-- From which address a change came is part of who did it.
CREATE OR REPLACE VIEW ops.audit WITH (security_invoker) AS
  SELECT id, at, staff_id, actor, action, user_id, user_email, job_id, session_id, reason, before_state, after_state,
    request_id, address
  FROM public.audit_entries;
