-- Readiness: API and worker say when the schema is behind them, so they may read which steps are applied here.
GRANT SELECT ON _sqlx_migrations TO repruv_api, repruv_worker;
