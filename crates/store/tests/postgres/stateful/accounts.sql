-- What the histories add up to, where every row was made by the store itself. One line for each row that breaks it.
WITH told AS (
  SELECT job_id, count(*) AS events, count(*) FILTER (WHERE event = 'start') AS starts,
    count(*) FILTER (WHERE event = 'succeed') AS successes, max(id) FILTER (WHERE event = 'manual_retry') AS granted
  FROM job_events GROUP BY job_id
), spent AS (
  SELECT t.job_id, t.events, t.starts, t.successes, count(*) FILTER (WHERE e.event = 'start')
    - count(*) FILTER (WHERE e.event = 'hand_back') AS attempts
  FROM told t JOIN job_events e ON e.job_id = t.job_id AND e.id > coalesce(t.granted, 0)
  GROUP BY t.job_id, t.events, t.starts, t.successes
)
SELECT format('job %s: epoch %s after %s claims', id, lease_epoch, starts)
FROM background_jobs JOIN told ON job_id = id WHERE lease_epoch <> starts
UNION ALL
SELECT format('job %s: attempt %s after %s since its budget was granted', id, attempt, coalesce(attempts, 0))
FROM background_jobs LEFT JOIN spent ON job_id = id WHERE attempt <> coalesce(attempts, 0)
UNION ALL
SELECT format('job %s is %s after %s successes', id, status, successes)
FROM background_jobs JOIN told ON job_id = id WHERE successes <> CASE status WHEN 'completed' THEN 1 ELSE 0 END
UNION ALL
SELECT format('job %s: version %s after %s events', id, version, events)
FROM background_jobs JOIN told ON job_id = id WHERE version <> events
UNION ALL
SELECT format('job %s is gone, its history is not', job_id)
FROM told WHERE NOT EXISTS (SELECT FROM background_jobs WHERE id = job_id)
UNION ALL
SELECT format('user %s has failed and cannot be retried: the job is gone', id)
FROM users WHERE demo_mode_status = 'failed' AND demo_mode_job_id IS NULL
UNION ALL
SELECT format('user %s is %s with profile %s', id, demo_mode_status, demo_profile_id)
FROM users WHERE (demo_mode_status = 'enabled' AND demo_profile_id IS NULL)
   OR (demo_mode_status = 'disabled' AND demo_profile_id IS NOT NULL)
UNION ALL
SELECT format('the trail tells of job %s what its history does not', a.job_id)
FROM audit_entries a
WHERE a.id > (SELECT max(id) - 500 FROM audit_entries) AND EXISTS (SELECT FROM background_jobs j WHERE j.id = a.job_id)
  AND NOT EXISTS (SELECT FROM job_events e WHERE e.job_id = a.job_id AND e.actor = a.actor AND e.at = a.at)
