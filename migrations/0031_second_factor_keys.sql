-- Secrets of second factors are sealed under a key that the API has and the database has not; this is the key's name. Rows of
-- before have none: they are sealed at their next use.
ALTER TABLE staff_second_factors ADD COLUMN key_id text CHECK (length(key_id) BETWEEN 1 AND 40);
