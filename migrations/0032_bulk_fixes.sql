-- A plan that applies fixes: the worker that executes it asks for the verdict on each item anew, and records each fix.
GRANT USAGE ON SCHEMA ops TO repruv_worker;
GRANT SELECT ON ops.users, ops.jobs, ops.job_events, ops.workers, ops.queues, ops.job_stats, ops.demo_service_health,
  ops.error_words, ops.fix_records TO repruv_worker;
GRANT INSERT ON fix_records TO repruv_worker;
