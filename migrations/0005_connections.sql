-- Expand: connections become states, carried over from token and flag. The flag stays for old readers.
ALTER TABLE platform_connections
  ADD COLUMN connection_status text NOT NULL DEFAULT 'disconnected',
  ADD COLUMN connection_error text;

UPDATE platform_connections SET connection_status = 'connected' WHERE is_active AND access_token IS NOT NULL;

ALTER TABLE platform_connections
  ADD CONSTRAINT connection_status_word
    CHECK (connection_status IN ('disconnected', 'connecting', 'connected', 'disconnecting', 'failed')),
  ADD CONSTRAINT connection_failure_is_told CHECK (connection_status <> 'failed' OR connection_error IS NOT NULL),
  ADD CONSTRAINT connection_error_length CHECK (length(connection_error) <= 2000);

CREATE INDEX platform_connections_user ON platform_connections (user_id, platform);

-- The edges of the rules crate, which a test compares with this list.
CREATE TRIGGER connection_edge BEFORE UPDATE OF connection_status ON platform_connections FOR EACH ROW
  WHEN (OLD.connection_status IS DISTINCT FROM NEW.connection_status
    AND (OLD.connection_status, NEW.connection_status) NOT IN (
      ('disconnected', 'connecting'),
      ('connecting', 'disconnected'), ('connecting', 'connected'), ('connecting', 'failed'),
      ('connected', 'disconnecting'),
      ('disconnecting', 'disconnected'), ('disconnecting', 'connected'), ('disconnecting', 'failed'),
      ('failed', 'disconnected'), ('failed', 'connecting'), ('failed', 'disconnecting')))
  EXECUTE FUNCTION refuse_edge();

GRANT SELECT, INSERT, UPDATE ON platform_connections TO repruv_api, repruv_worker;
