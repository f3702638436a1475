import type { QueryClient } from "@tanstack/react-query";
import type { JobRow, LiveMessage, UserRow } from "../generated/commands";
import type { Ipc } from "../ipc/ipc";
import { announce } from "../lib/announcer";
import { setFreshness } from "../lib/freshness";
import { liveJobs, liveUsers } from "../lib/live-stores";
import { nextFrame } from "../lib/next-frame";
import { keys } from "../lib/query-keys";
import { toast } from "../lib/toasts";
import { patchJobs, patchUsers, rereadAll } from "./live-patches";

const RETRY_MS = 1_000;

/** Follows the stream until the answer is called. One patch of the cache a frame, however many messages came. */
export function followLive(ipc: Ipc, client: QueryClient): () => void {
  let queue: LiveMessage[] = [];
  let revision: number | null = null;
  let waiting = false;
  let ended = false;
  let end = () => undefined as void;

  const drain = () => {
    waiting = false;
    if (ended) return;
    const messages = queue;
    queue = [];
    const batch = readBatch(messages, revision);
    revision = batch.revision;
    if (batch.freshness) setFreshness(batch.freshness);
    if (batch.counts) client.setQueryData(keys.counts, batch.counts);
    const asOf = batch.freshness?.as_of ?? new Date().toISOString();
    const jobs = liveJobs.take(batch.jobs, asOf);
    const users = liveUsers.take(batch.users, asOf);
    if (jobs.length > 0) patchJobs(client, jobs);
    if (users.length > 0) patchUsers(client, users);
    if (jobs.length > 0) announceJobs(jobs);
    if (batch.reset !== null) toast(`Read again: ${batch.reset}`);
    if (batch.missed || batch.reset !== null) rereadAll(client);
  };

  const onMessage = (message: LiveMessage) => {
    if (ended) return;
    queue.push(message);
    if (waiting) return;
    waiting = true;
    nextFrame(drain);
  };

  const begin = async () => {
    try {
      const stop = await ipc.subscribe({ jobs: true, users: true, user_id: null }, onMessage);
      if (ended) stop();
      else end = stop;
    } catch {
      if (!ended) setTimeout(() => void begin(), RETRY_MS);
    }
  };
  void begin();
  return () => {
    ended = true;
    end();
  };
}

type Batch = {
  jobs: JobRow[];
  users: UserRow[];
  counts: Extract<LiveMessage, { type: "changes" }>["counts"] | null;
  freshness: LiveMessage["freshness"] | null;
  revision: number | null;
  missed: boolean;
  reset: string | null;
};

/** Messages → what they add up to. Repeated ones are dropped; a gap means that something was missed. */
export function readBatch(messages: readonly LiveMessage[], from: number | null): Batch {
  const batch: Batch = { jobs: [], users: [], counts: null, freshness: null, revision: from, missed: false, reset: null };
  for (const message of messages) {
    if (message.type === "heartbeat") {
      batch.freshness = message.freshness;
      continue;
    }
    if (message.type === "reset") {
      batch.freshness = message.freshness;
      batch.revision = message.revision;
      batch.reset = message.reason;
      continue;
    }
    if (batch.revision !== null && message.revision > batch.revision + 1) batch.missed = true;
    // Rows carry their own version, so an overtaken message does no harm; its counts would.
    batch.jobs.push(...message.jobs);
    batch.users.push(...message.users);
    if (batch.revision !== null && message.revision <= batch.revision) continue;
    batch.revision = message.revision;
    batch.counts = message.counts;
    batch.freshness = message.freshness;
  }
  return batch;
}

function announceJobs(jobs: readonly JobRow[]): void {
  const ended = (status: JobRow["status"]) => jobs.filter((job) => job.status === status).length;
  const parts = (["completed", "failed"] as const).flatMap((status) => (ended(status) > 0 ? [`${ended(status)} ${status}`] : []));
  if (parts.length > 0) announce(`Jobs: ${parts.join(", ")}`);
}
