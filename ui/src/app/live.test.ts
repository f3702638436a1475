import { QueryClient } from "@tanstack/react-query";
import { describe, expect, it, vi } from "vitest";
import { jobsOptions } from "../features/jobs/jobs-queries";
import type { JobFilter, JobRow, LiveMessage } from "../generated/commands";
import type { Ipc } from "../ipc/ipc";
import { job, jobRow } from "../ipc/fixture/factories";
import { liveJobs } from "../lib/live-stores";
import { keys } from "../lib/query-keys";
import { followLive, readBatch } from "./live";

const FRESH = { state: "live", as_of: "2026-11-21T02:00:00Z", age_ms: 0, read_ms: 4, source: "push", message: null, api_problem: null } as const;
const COUNTS = { waiting: 1, scheduled: 0, running: 2 };
const ALL: JobFilter = { statuses: [], job_types: [], user: null, id: null, worker_id: null, error: null };
const changes = (revision: number, jobs: JobRow[] = []): LiveMessage => ({ type: "changes", revision, jobs, users: [], counts: { ...COUNTS, running: revision }, freshness: FRESH });

describe("reading the stream", () => {
  it("adds up what follows in order", () => {
    const batch = readBatch([changes(4), changes(5)], 3);
    expect(batch).toMatchObject({ revision: 5, missed: false, counts: { running: 5 } });
  });

  it("sees a gap", () => {
    expect(readBatch([changes(6)], 4).missed).toBe(true);
  });

  it("keeps the newest counts when messages are repeated or overtaken", () => {
    expect(readBatch([changes(5), changes(4), changes(5)], 4).counts).toMatchObject({ running: 5 });
  });

  it("begins anywhere", () => {
    expect(readBatch([changes(17)], null)).toMatchObject({ revision: 17, missed: false });
  });

  it("takes a reset's revision and reason", () => {
    expect(readBatch([{ type: "reset", revision: 40, reason: "the machine slept", freshness: FRESH }], 3)).toMatchObject({ revision: 40, reset: "the machine slept" });
  });
});

describe("following the stream", () => {
  const setup = async (rows: JobRow[]) => {
    liveJobs.clear();
    let send: (message: LiveMessage) => void = () => undefined;
    const stop = vi.fn();
    const jobsPage = vi.fn(async () => ({ status: "ok" as const, data: { rows, next: null, as_of: "2026-11-21T01:59:00Z" } }));
    const ipc = { commands: { jobsPage }, subscribe: async (_: unknown, on: typeof send) => ((send = on), stop) } as unknown as Ipc;
    const client = new QueryClient({ defaultOptions: { queries: { networkMode: "always", staleTime: Infinity } } });
    await client.prefetchInfiniteQuery(jobsOptions(ipc, ALL));
    const end = followLive(ipc, client);
    await Promise.resolve();
    const shown = () => (client.getQueryData(jobsOptions(ipc, ALL).queryKey)?.pages ?? []).flatMap((page) => page.rows);
    return { send: (message: LiveMessage) => send(message), client, end, stop, shown, jobsPage };
  };

  it("patches a row by its id, once a frame, and leaves the others alone", async () => {
    const other = jobRow();
    const mine = jobRow();
    const { send, shown, end, client } = await setup([mine, other]);
    send(changes(1, [job({ id: mine.id }).running()]));
    send(changes(2, [job({ id: mine.id }).completed()]));
    await vi.waitFor(() => expect(shown()[0]?.status).toBe("completed"));
    expect(shown()[1]).toBe(other);
    expect(client.getQueryData(keys.counts)).toMatchObject({ running: 2 });
    end();
  });

  it("puts a new job on top without reading the list again", async () => {
    const { send, shown, end, jobsPage } = await setup([jobRow()]);
    const fresh = jobRow();
    send(changes(1, [fresh]));
    await vi.waitFor(() => expect(shown()[0]?.id).toBe(fresh.id));
    expect(jobsPage).toHaveBeenCalledTimes(1);
    end();
  });

  it("marks everything for reading when something was missed", async () => {
    const { send, client, end } = await setup([jobRow()]);
    const invalidate = vi.spyOn(client, "invalidateQueries");
    send(changes(1));
    send(changes(5));
    await vi.waitFor(() => expect(invalidate).toHaveBeenCalled());
    end();
  });

  it("ends its subscription", async () => {
    const { end, stop } = await setup([]);
    await Promise.resolve();
    end();
    expect(stop).toHaveBeenCalled();
  });
});
