-- What must hold of all rows in every snapshot. One line of text for each row that breaks it; none is good.
WITH live AS (
  SELECT * FROM background_jobs WHERE status IN ('pending', 'running')
), history AS (
  SELECT job_id, id, from_status, to_status, lag(to_status) OVER step AS before, lead(id) OVER step IS NULL AS newest
  FROM job_events WINDOW step AS (PARTITION BY job_id ORDER BY id)
)
SELECT format('user %s is %s with %s live demo jobs', u.id, u.demo_mode_status, coalesce(n, 0))
FROM users u LEFT JOIN (SELECT user_id, count(*) AS n FROM live WHERE job_type LIKE 'demo\_%' GROUP BY user_id) jobs ON jobs.user_id = u.id
WHERE coalesce(n, 0) <> CASE WHEN u.demo_mode_status IN ('enabling', 'disabling') THEN 1 ELSE 0 END
UNION ALL
SELECT format('user %s is %s but names job %s', u.id, u.demo_mode_status, u.demo_mode_job_id)
FROM users u LEFT JOIN live j ON j.id = u.demo_mode_job_id AND j.user_id = u.id
WHERE (u.demo_mode_status = 'enabling' AND j.job_type IS DISTINCT FROM 'demo_enable')
   OR (u.demo_mode_status = 'disabling' AND j.job_type IS DISTINCT FROM 'demo_disable')
UNION ALL
SELECT format('user %s: demo_mode is %s while the state is %s', id, demo_mode, demo_mode_status)
FROM users WHERE demo_mode IS DISTINCT FROM (demo_mode_status IN ('enabled', 'disabling'))
UNION ALL
SELECT format('user %s has failed without words', id)
FROM users WHERE (demo_mode_status = 'failed') <> (length(demo_mode_error) > 0 AND demo_mode_failed_operation IS NOT NULL)
UNION ALL
SELECT format('job %s is %s without what belongs to it', id, status) FROM background_jobs
WHERE (status = 'running') <> (locked_by IS NOT NULL) OR (status = 'running') <> (lease_expires_at IS NOT NULL)
   OR (status = 'running') <> (deadline_at IS NOT NULL) OR (completed_at IS NULL) <> (status IN ('pending', 'running'))
   OR attempt > max_attempts OR (status = 'failed' AND error_message IS NULL)
   OR (status = 'pending' AND attempt >= max_attempts)
UNION ALL
SELECT format('job %s is %s, its history ends with %s', j.id, j.status, h.to_status)
FROM background_jobs j LEFT JOIN history h ON h.job_id = j.id AND h.newest WHERE j.status IS DISTINCT FROM h.to_status
UNION ALL
SELECT format('plan %s is %s with a job that is %s', p.id, p.status, coalesce(j.status, 'gone'))
FROM bulk_plans p LEFT JOIN background_jobs j ON j.id = p.job_id
WHERE (p.status IN ('running', 'pausing', 'aborting')) <> coalesce(j.status IN ('pending', 'running'), false)
UNION ALL
SELECT format('plan %s is completed while items wait', id) FROM bulk_plans p
WHERE status = 'completed' AND EXISTS (SELECT FROM bulk_items WHERE plan_id = p.id AND state = 'waiting')
UNION ALL
SELECT format('job %s: event %s goes on from %s after %s', job_id, id, from_status, before)
FROM history WHERE from_status IS DISTINCT FROM before
