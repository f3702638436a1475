-- Customers and staff who are signed in already: hashing hundreds of passwords would take longer than the run.
INSERT INTO users (id, email, full_name)
SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'customer' || n || '@repruv.test', 'Customer ' || n
FROM generate_series(0, 399) n;
-- Some can sign in, with a hash of the former backend that is cheap to check: "chaos".
UPDATE users SET hashed_password = '$2b$04$abcdefghijklmnopqrstuuiZ9qv3tY3ZwsQuYYIaa/1DWRGcjG/Oa'
WHERE id >= '00000000-0000-7000-8000-000000000180';
INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, expires_at)
SELECT ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
  sha256(convert_to('rps_chaos_' || n, 'UTF8')), now() + interval '12 hours', 'bearer', now() + interval '12 hours'
FROM generate_series(0, 399) n;
INSERT INTO staff (id, email, name, role, password_hash)
SELECT ('00000000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid, 'staff' || n || '@repruv.test', 'Staff ' || n, 'admin', 'none'
FROM generate_series(0, 31) n;
INSERT INTO staff_sessions (id, staff_id, access_hash, access_expires_at, expires_at)
SELECT ('00000000-0000-7000-b000-' || lpad(to_hex(n), 12, '0'))::uuid, ('00000000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid,
  sha256(convert_to('rpt_chaos_' || n, 'UTF8')), now() + interval '12 hours', now() + interval '12 hours'
FROM generate_series(0, 31) n;
