-- A window holds five connections. When its network loses them without a word (another VPN, a NAT that forgot), they count
-- until the server has noticed, for up to 30 s, and the five that come in their place found room for one: the window could not
-- read. Room for both, and two to spare. Otherwise as before.
CREATE OR REPLACE FUNCTION mint_reader_login(login text, login_password text, valid_for interval) RETURNS timestamptz
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ends timestamptz := now() + least(valid_for, interval '12 hours');
  setting text;
BEGIN
  IF login !~ '^staff_[0-9a-f]{8}_[0-9a-f]{8}$' THEN
    RAISE EXCEPTION 'not a reader login' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
    EXECUTE format('ALTER ROLE %I LOGIN CONNECTION LIMIT 12 PASSWORD %L VALID UNTIL %L', login, login_password, ends);
  ELSE
    EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT '
      'CONNECTION LIMIT 12 PASSWORD %L VALID UNTIL %L IN ROLE ops_reader', login, login_password, ends);
  END IF;
  FOREACH setting IN ARRAY ARRAY['statement_timeout = ''5s''', 'lock_timeout = ''1s''',
    'idle_in_transaction_session_timeout = ''5s''', 'default_transaction_read_only = on', 'tcp_keepalives_idle = 10',
    'tcp_keepalives_interval = 5', 'tcp_keepalives_count = 3', 'tcp_user_timeout = 20000'] LOOP
    EXECUTE format('ALTER ROLE %I SET %s', login, setting);
  END LOOP;
  RETURN ends;
END
$$;
