-- A plan that ends all sessions of users: the worker that executes it revokes them as the API does, and changes nothing else of
-- them. A worker from before it finds an action that it does not know, and leaves the plan paused with that as its error.
GRANT UPDATE (revoked_at, revoked_by, version) ON user_sessions TO repruv_worker;

-- Plans that wait for a second person: whoever may approve them is told, by a look every few seconds.
CREATE INDEX bulk_plans_awaiting ON bulk_plans (id) WHERE status = 'awaiting_approval';
