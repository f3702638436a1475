-- Expand: a profile that is recorded although demo mode is not on can turn out to be there and complete. Two edges of the
-- rules crate are new, disabled → enabled and failed → enabled; a test compares.
CREATE OR REPLACE TRIGGER demo_mode_edge BEFORE UPDATE OF demo_mode_status ON users FOR EACH ROW
  WHEN (OLD.demo_mode_status IS DISTINCT FROM NEW.demo_mode_status
    AND (OLD.demo_mode_status, NEW.demo_mode_status) NOT IN (
      ('disabled', 'enabling'), ('disabled', 'enabled'),
      ('enabling', 'disabled'), ('enabling', 'enabled'), ('enabling', 'disabling'), ('enabling', 'failed'),
      ('enabled', 'disabling'),
      ('disabling', 'disabled'), ('disabling', 'enabled'), ('disabling', 'failed'),
      ('failed', 'disabled'), ('failed', 'enabling'), ('failed', 'enabled'), ('failed', 'disabling')))
  EXECUTE FUNCTION refuse_edge();
