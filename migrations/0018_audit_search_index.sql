-- The trail is searched by who acted, by what was done, by the e-mail of users who are gone, and by time. Its lines are few
-- beside those of jobs and sessions, and nothing writes to it for long: plain indexes in one step.
CREATE INDEX audit_entries_actor ON audit_entries (actor, id);
CREATE INDEX audit_entries_action ON audit_entries (action, id);
CREATE INDEX audit_entries_email ON audit_entries (lower(user_email)) WHERE user_email IS NOT NULL;
CREATE INDEX audit_entries_at ON audit_entries (at);
