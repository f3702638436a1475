-- Who operates, with a second factor, temporary passwords, and the time of the last password of a session.
ALTER TABLE staff
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false,
  ADD COLUMN password_expires_at timestamptz;   -- set: given by an admin, to be changed at the next sign-in and by then

ALTER TABLE staff_sessions
  ADD COLUMN authenticated_at timestamptz NOT NULL DEFAULT now();

-- Apart from `staff`, so that a right to the one is none to the other. Only the API's role reads it: a code can be
-- checked by whoever has the secret, and by nobody else.
CREATE TABLE staff_second_factors (
  staff_id uuid PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
  secret bytea NOT NULL CHECK (length(secret) BETWEEN 20 AND 64),
  begun_at timestamptz NOT NULL DEFAULT now(),
  confirmed_at timestamptz,              -- from then on it is asked for
  last_step bigint NOT NULL DEFAULT 0    -- a code of this step or an earlier one is used up
);
GRANT SELECT, INSERT, UPDATE, DELETE ON staff_second_factors TO repruv_api;
