import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleX, UserRound, Workflow } from "lucide-react";
import type { JobFilter, JobRow, UserRow } from "../generated/commands";
import { useIpc } from "../ipc/ipc";
import { read } from "../lib/failure";
import { isUuid } from "../lib/ids";
import { demoModeMark } from "../lib/states/demo-mode";
import { jobStatusMark, jobTypeWords } from "../lib/states/job";
import { type PaletteItem, matchItems, placeItems } from "./palette-items";

const FOUND_MAX = 6;
const ERRORS_MAX = 3;
/** Fewer letters of an error would find half of all failures. */
const ERROR_CHARS_MIN = 4;

const NO_JOBS: JobFilter = { statuses: [], job_types: [], user: null, id: null, worker_id: null, error: null };

/** What the text finds, best first. `settled`: it was looked for to the end, and Enter may go by it. */
export function usePalette(text: string): { items: PaletteItem[]; settled: boolean } {
  const navigate = useNavigate();
  const found = useFound(text);
  const places = matchItems(placeItems(navigate), text);
  if (!found.asked) return { items: places, settled: true };
  const seen = new Set<string>();
  const once = (item: PaletteItem) => !seen.has(item.id) && seen.add(item.id);
  const exact = text.toLowerCase();
  const users = [...found.users].sort((a, b) => Number(b.email.toLowerCase() === exact) - Number(a.email.toLowerCase() === exact));
  const items = [
    ...users.map((user) => userItem(user, () => void navigate({ to: "/users/$userId", params: { userId: user.id } }))),
    ...[...found.jobs, ...found.failed].map((job, at) => jobItem(job, at >= found.jobs.length, () => void navigate({ to: "/jobs/$jobId", params: { jobId: job.id } }))),
  ].filter(once);
  // A whole id may be of something that the search did not find: its page says so.
  if (isUuid(text) && items.length === 0 && found.settled) {
    items.push({ id: `open ${text}`, words: `Open job ${text}`, icon: Workflow, hint: "Job", onPress: () => void navigate({ to: "/jobs/$jobId", params: { jobId: text } }) });
  }
  return { items: [...places, ...items], settled: found.settled };
}

/** Nothing of it is kept once the palette is closed: what was typed may be a customer's. */
function useFound(text: string) {
  const { commands } = useIpc();
  const asked = text.length >= 2;
  const shared = { enabled: asked, gcTime: 0, placeholderData: keepPreviousData } as const;
  const byId = /^[0-9a-f][0-9a-f-]{5,}$/i.test(text);
  const users = useQuery({ ...shared, queryKey: ["palette", "users", text], queryFn: () => read(commands.usersPage({ search: text, demo_modes: [] }, null, FOUND_MAX)) });
  const jobs = useQuery({
    ...shared,
    queryKey: ["palette", "jobs", text],
    queryFn: () => read(commands.jobsPage({ ...NO_JOBS, user: byId ? null : text, id: byId ? text : null }, null, FOUND_MAX)),
  });
  const wordy = text.length >= ERROR_CHARS_MIN && !byId && !text.includes("@");
  const failed = useQuery({
    ...shared,
    enabled: asked && wordy,
    queryKey: ["palette", "failed", text],
    queryFn: () => read(commands.jobsPage({ ...NO_JOBS, statuses: ["failed"], error: text }, null, ERRORS_MAX)),
  });
  const waits = (query: { isPending: boolean; isPlaceholderData: boolean; isFetching: boolean }) => (query.isPending || query.isPlaceholderData) && query.isFetching;
  return {
    asked,
    users: users.data?.rows ?? [],
    jobs: jobs.data?.rows ?? [],
    failed: wordy ? (failed.data?.rows ?? []) : [],
    settled: !asked || !(waits(users) || waits(jobs) || (wordy && waits(failed))),
  };
}

function userItem(user: UserRow, onPress: () => void): PaletteItem {
  return { id: `user ${user.id}`, words: user.full_name ? `${user.email} · ${user.full_name}` : user.email, icon: UserRound, hint: "User", mark: demoModeMark(user.demo_mode), onPress };
}

/** A job by its error says the error, as that is what was looked for. */
function jobItem(job: JobRow, byError: boolean, onPress: () => void): PaletteItem {
  const words = byError ? (job.error ?? "") : jobTypeWords(job.job_type);
  return { id: `job ${job.id}`, words: `${words} · ${job.user_email ?? "system"}`, icon: byError ? CircleX : Workflow, hint: "Job", mark: jobStatusMark(job.status), onPress };
}
