// One customer a payload, who has it in every column that holds text.

import { randomBytes, randomUUID } from "node:crypto";
import { asOwner } from "./database.mjs";

/** Whole characters, as the database counts them; a NUL cannot be stored. */
const cut = (text, max) => [...text.replaceAll("\0", "")].slice(0, max).join("");

/** Writes the rows; answers where they stand, and what takes them away. The trail keeps its lines: nobody can remove those. */
export async function plant(payloads) {
  const places = payloads.map(({ mark, text }) => ({ mark, text, user: randomUUID(), job: uuidOfNow(), session: randomUUID(), active: randomUUID(), worker: randomUUID() }));
  await asOwner(async (client) => {
    const put = (sql, values) => client.query(sql, values).catch((error) => Promise.reject(new Error(`${error.message}: ${sql} ${JSON.stringify(values)}`)));
    for (const place of places) {
      const { text, user, job, session, active, worker } = place;
      const as = (max) => cut(text, max);
      await put(
        `INSERT INTO users (id, email, full_name, demo_mode_status, demo_mode_error, demo_mode_failed_operation, demo_profile_id, demo_mode_type, demo_profile_niche,
           demo_profile_preset, demo_mode_changed_at) VALUES ($1, $2, $2, 'failed', $3, 'enable', $4, $5, $5, $5, now())`,
        [user, as(240), as(1_900), as(60), as(50)],
      );
      await put(
        `INSERT INTO platform_connections (id, user_id, platform, platform_username, connection_status, connection_error) VALUES ($1, $2, $3, $4, 'failed', $5)`,
        [randomUUID(), user, as(20), as(240), as(1_900)],
      );
      await put(
        `INSERT INTO background_jobs (id, job_type, queue, user_id, status, attempt, dedupe_key, completed_at, started_at, progress_step, payload, result_data, error_message)
         VALUES ($1, 'demo_enable', $2, $3, 'failed', 1, $4, now(), now(), $5, $6, $6, $7)`,
        [job, as(60), user, as(190), as(190), JSON.stringify({ [as(60)]: as(500), list: [as(90)] }), as(1_900)],
      );
      await put(`UPDATE users SET demo_mode_job_id = $2 WHERE id = $1`, [user, job]);
      await put(
        `INSERT INTO job_events (job_id, user_id, event, from_status, to_status, attempt, actor, detail) VALUES ($1, $2, 'enqueue', NULL, 'pending', 0, $3, $4), ($1, $2, 'fail', 'running', 'failed', 1, $3, $4)`,
        [job, user, as(290), as(1_900)],
      );
      await put(
        `INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, user_agent, address, expires_at, revoked_at, revoked_by)
         VALUES ($1, $2, $3, now(), 'cookie', $4, $5, now() + interval '1 day', now(), $6)`,
        [session, user, randomBytes(32), as(490), as(60), as(290)],
      );
      await put(
        `INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, user_agent, address, expires_at)
         VALUES ($1, $2, $3, now(), 'bearer', $4, $5, now() + interval '1 day')`,
        [active, user, randomBytes(32), as(490), as(60)],
      );
      await put(`INSERT INTO worker_sessions (id, host, pid, build) VALUES ($1, $2, 1, $3)`, [worker, as(250), as(90)]);
      const { rows } = await put(
        `INSERT INTO audit_entries (actor, action, user_id, user_email, job_id, session_id, reason, before_state, after_state, request_id, address)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, $2, $8) RETURNING id`,
        [as(290), as(90), user, as(240), job, session, as(490), as(60)],
      );
      place.entry = rows[0].id;
    }
  });
  const ids = (what) => places.map((place) => place[what]);
  const away = () =>
    asOwner(async (client) => {
      await client.query("DELETE FROM job_events WHERE job_id = ANY($1)", [ids("job")]);
      await client.query("DELETE FROM background_jobs WHERE id = ANY($1)", [ids("job")]);
      await client.query("DELETE FROM worker_sessions WHERE id = ANY($1)", [ids("worker")]);
      await client.query("DELETE FROM users WHERE id = ANY($1)", [ids("user")]);
    });
  return { places, away };
}

/** One paused queue a payload, with a job of that customer waiting in it. Answers the jobs, and what takes them away. */
export async function plantQueues(places) {
  const jobs = places.map(({ mark, text, user }) => ({ mark, text, user, name: cut(text, 60), job: uuidOfNow() }));
  await asOwner(async (client) => {
    for (const { name, text, user, job } of jobs) {
      await client.query("INSERT INTO queues (name, paused_at, paused_by, reason) VALUES ($1, now(), $2, $3)", [name, cut(text, 290), cut(text, 490)]);
      await client.query("INSERT INTO background_jobs (id, job_type, queue, user_id, run_at) VALUES ($1, 'noop', $2, $3, now() - interval '2 minutes')", [job, name, user]);
    }
  });
  const away = () =>
    asOwner(async (client) => {
      await client.query("DELETE FROM job_events WHERE job_id = ANY($1)", [jobs.map(({ job }) => job)]);
      await client.query("DELETE FROM background_jobs WHERE id = ANY($1)", [jobs.map(({ job }) => job)]);
      await client.query("DELETE FROM queues WHERE name = ANY($1)", [jobs.map(({ name }) => name)]);
    });
  return { jobs, away };
}

const PLAN = `INSERT INTO bulk_plans (id, action, status, reason, source, items, will_change, already_there, in_flight, not_allowed, digest, rate_per_s,
    typed_count, second_person, planned_by, planned_by_name, expires_at, confirmed_by, confirmed_by_name, confirmed_at, note)
  VALUES ($1, 'disable_demo_mode', 'awaiting_approval', $2, $2, 2, 1, 0, 0, 1, sha256('x'), 10, false, true, gen_random_uuid(), $3, now() + interval '20 minutes',
    gen_random_uuid(), $3, now(), $2)`;
const ITEMS = `INSERT INTO bulk_items (plan_id, seq, target_id, user_id, user_version, forecast, why, now_state, next_state, state, result)
  VALUES ($1, 1, $2, $2, 1, 'will_change', NULL, 'failed', 'disabling', 'waiting', NULL),
    ($1, 2, $3, NULL, NULL, 'not_allowed', $4, NULL, NULL, 'left_out', $5)`;

/** One plan a payload, as somebody else has confirmed it. Answers the plans, and what takes them away. */
export async function plantPlans(places) {
  const plans = places.map(({ mark, text, user }) => ({ mark, text, user, plan: uuidOfNow() }));
  await asOwner(async (client) => {
    for (const { text, user, plan } of plans) {
      await client.query("BEGIN");
      await client.query(PLAN, [plan, cut(text, 490), cut(text, 290)]);
      await client.query(ITEMS, [plan, user, randomUUID(), cut(text, 290), cut(text, 490)]);
      await client.query("COMMIT");
    }
  });
  return { plans, away: () => asOwner((client) => client.query("DELETE FROM bulk_plans WHERE id = ANY($1)", [plans.map(({ plan }) => plan)])) };
}

/** Ids of jobs carry their time: the newest stand first. */
function uuidOfNow() {
  const time = Date.now().toString(16).padStart(12, "0");
  const rest = randomUUID().slice(14);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(1)}`;
}
