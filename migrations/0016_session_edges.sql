-- The whole session machine of the rules crate: a session that has ended, by a person or by time, stays as it ended, and
-- nobody puts its end off. The trigger of 0006 knew only that a revocation is not taken back.
CREATE OR REPLACE TRIGGER session_edge BEFORE UPDATE OF revoked_at, expires_at ON user_sessions FOR EACH ROW
  WHEN (NEW.expires_at > OLD.expires_at
    OR (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at AND (OLD.revoked_at IS NOT NULL OR OLD.expires_at <= now())))
  EXECUTE FUNCTION refuse_edge();
