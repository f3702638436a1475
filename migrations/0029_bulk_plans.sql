-- Bulk: a plan fixes what it is on and as what it was seen, a person confirms it, above a number of items a second person
-- approves it, and one job executes it item by item.
CREATE TABLE bulk_plans (
  id uuid PRIMARY KEY,                    -- UUIDv7
  action text NOT NULL CHECK (length(action) <= 40),
  status text NOT NULL DEFAULT 'planned' CHECK (status IN
    ('planned', 'awaiting_approval', 'running', 'pausing', 'paused', 'aborting', 'aborted', 'completed', 'discarded')),
  version integer NOT NULL DEFAULT 1,     -- what a person saw; grows with every change of state
  reason text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
  source text NOT NULL CHECK (length(source) BETWEEN 1 AND 500), -- how the items were chosen, for people
  or_more boolean NOT NULL DEFAULT false, -- more matched than a plan may hold
  retry_of uuid,                          -- the plan of which this repeats what failed
  items integer NOT NULL CHECK (items BETWEEN 1 AND 10000),
  will_change integer NOT NULL,
  already_there integer NOT NULL,
  in_flight integer NOT NULL,
  not_allowed integer NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32), -- of all that is confirmed and approved, items included
  rate_per_s integer NOT NULL CHECK (rate_per_s BETWEEN 1 AND 1000),
  typed_count boolean NOT NULL,           -- whoever confirms types how many will change
  second_person boolean NOT NULL,
  planned_by uuid NOT NULL,
  planned_by_name text NOT NULL CHECK (length(planned_by_name) <= 300),
  planned_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,        -- it must have begun by then
  request_key text CHECK (length(request_key) BETWEEN 8 AND 100),
  confirmed_by uuid,
  confirmed_by_name text CHECK (length(confirmed_by_name) <= 300),
  confirmed_at timestamptz,
  approved_by uuid,
  approved_by_name text CHECK (length(approved_by_name) <= 300),
  approved_at timestamptz,
  job_id uuid,
  done integer NOT NULL DEFAULT 0,        -- as of the last pause or the end
  failed integer NOT NULL DEFAULT 0,
  note text CHECK (length(note) <= 500),  -- why it stands where it stands, where nobody asked for it
  ended_at timestamptz,
  CONSTRAINT every_item_is_counted CHECK (items = will_change + already_there + in_flight + not_allowed),
  CONSTRAINT confirmed_is_whole CHECK (num_nulls(confirmed_by, confirmed_by_name, confirmed_at) IN (0, 3)),
  CONSTRAINT approved_is_whole CHECK (num_nulls(approved_by, approved_by_name, approved_at) IN (0, 3)),
  CONSTRAINT nobody_approves_their_own CHECK (approved_by <> planned_by AND approved_by <> confirmed_by),
  CONSTRAINT begun_is_confirmed CHECK (status IN ('planned', 'discarded')
    OR confirmed_by IS NOT NULL),
  CONSTRAINT begun_is_approved CHECK (NOT second_person OR approved_by IS NOT NULL
    OR status IN ('planned', 'awaiting_approval', 'discarded')),
  CONSTRAINT begun_has_a_job CHECK (status IN ('planned', 'awaiting_approval', 'discarded') OR job_id IS NOT NULL),
  CONSTRAINT ended_has_an_end CHECK ((status IN ('aborted', 'completed', 'discarded')) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX bulk_plans_request ON bulk_plans (planned_by, request_key);
CREATE UNIQUE INDEX bulk_plans_job ON bulk_plans (job_id) WHERE job_id IS NOT NULL;

-- The edges of the rules crate, which a test compares with this list.
CREATE TRIGGER bulk_plan_edge BEFORE UPDATE OF status ON bulk_plans FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (
    ('planned', 'awaiting_approval'), ('planned', 'running'), ('planned', 'discarded'),
    ('awaiting_approval', 'running'), ('awaiting_approval', 'discarded'),
    ('running', 'pausing'), ('running', 'paused'), ('running', 'aborting'), ('running', 'aborted'), ('running', 'completed'),
    ('pausing', 'paused'), ('pausing', 'aborting'), ('pausing', 'completed'),
    ('paused', 'running'), ('paused', 'aborted'),
    ('aborting', 'aborted'), ('aborting', 'completed')))
  EXECUTE FUNCTION refuse_edge();

-- What a plan is on. Only the last four columns ever change, and each item ends once.
CREATE TABLE bulk_items (
  plan_id uuid NOT NULL REFERENCES bulk_plans (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  seq integer NOT NULL,
  target_id uuid NOT NULL,                -- what was chosen: a job or a user, by the action
  job_id uuid,                            -- they may vanish; the item does not
  job_version integer,
  user_id uuid,
  user_version integer,
  fix text CHECK (length(fix) <= 40),     -- what the verdict offered, where the action is to apply it
  forecast text NOT NULL CHECK (forecast IN ('will_change', 'already_there', 'in_flight', 'not_allowed')),
  why text CHECK (length(why) <= 300),    -- of the forecast, for people
  now_state text CHECK (length(now_state) <= 40),
  next_state text CHECK (length(next_state) <= 40),
  state text NOT NULL CHECK (state IN ('left_out', 'waiting', 'done', 'failed')),
  result_code text CHECK (length(result_code) <= 40),
  result text CHECK (length(result) <= 500),
  ended_at timestamptz,
  PRIMARY KEY (plan_id, seq),
  CONSTRAINT chosen_once UNIQUE (plan_id, target_id),
  CONSTRAINT only_what_will_change_is_done CHECK ((forecast = 'will_change') = (state <> 'left_out')),
  CONSTRAINT ended_is_told CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL AND result_code IS NOT NULL))
) WITH (fillfactor = 85);
CREATE INDEX bulk_items_state ON bulk_items (plan_id, state, seq);

CREATE TRIGGER bulk_item_ends_once BEFORE UPDATE ON bulk_items FOR EACH ROW
  WHEN (OLD.state <> 'waiting') EXECUTE FUNCTION refuse_edge();

-- Of all that a person confirms. Each field as its text or a dash, so that no two plans have one text.
CREATE FUNCTION bulk_digest(plan uuid, action text, reason text, rate_per_s integer) RETURNS bytea LANGUAGE sql STABLE
  SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT sha256(convert_to(jsonb_build_array(action, reason, rate_per_s)::text || coalesce(string_agg(concat(
    seq, ':', target_id, ':', coalesce(job_id::text, '-'), ':', coalesce(job_version::text, '-'), ':',
    coalesce(user_id::text, '-'), ':', coalesce(user_version::text, '-'), ':', coalesce(fix, '-'), ':', forecast),
    ',' ORDER BY seq), ''), 'UTF8'))
  FROM public.bulk_items i WHERE i.plan_id = plan
$$;
REVOKE ALL ON FUNCTION bulk_digest(uuid, text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bulk_digest(uuid, text, text, integer) TO repruv_api, repruv_worker;

GRANT SELECT, INSERT ON bulk_plans, bulk_items TO repruv_api;
GRANT SELECT ON bulk_plans, bulk_items TO repruv_worker;
GRANT UPDATE (status, version, confirmed_by, confirmed_by_name, confirmed_at, approved_by, approved_by_name, approved_at,
  job_id, done, failed, note, ended_at) ON bulk_plans TO repruv_api;
GRANT UPDATE (status, version, done, failed, note, ended_at) ON bulk_plans TO repruv_worker;
GRANT UPDATE (state, result_code, result, ended_at) ON bulk_items TO repruv_worker;
GRANT DELETE ON bulk_plans TO repruv_worker;
GRANT SELECT (id, action, status, version, reason, source, or_more, retry_of, items, will_change, already_there, in_flight,
  not_allowed, rate_per_s, typed_count, second_person, planned_by, planned_by_name, planned_at, expires_at, confirmed_by,
  confirmed_by_name, confirmed_at, approved_by, approved_by_name, approved_at, job_id, done, failed, note, ended_at)
  ON bulk_plans TO ops_reader;
GRANT SELECT ON bulk_items TO ops_reader;

CREATE VIEW ops.bulk_plans WITH (security_invoker) AS
  SELECT id, action, status, version, reason, source, or_more, retry_of, items, will_change, already_there, in_flight,
    not_allowed, rate_per_s, typed_count, second_person, planned_by, planned_by_name, planned_at, expires_at, confirmed_by,
    confirmed_by_name, confirmed_at, approved_by, approved_by_name, approved_at, job_id, done, failed, note, ended_at
  FROM public.bulk_plans;

CREATE VIEW ops.bulk_items WITH (security_invoker) AS
  SELECT plan_id, seq, target_id, job_id, job_version, user_id, user_version, fix, forecast, why, now_state, next_state,
    state, result_code, result, ended_at
  FROM public.bulk_items;

GRANT SELECT ON ops.bulk_plans, ops.bulk_items TO ops_reader, repruv_api;
