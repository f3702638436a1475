import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Copy, PanelRight, SearchX, UserRound, Workflow } from "lucide-react";
import { type ComponentType, useCallback, useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Reading } from "../../components/Reading";
import type { MenuEntry } from "../../components/MenuList";
import { DataGrid } from "../../components/grid/DataGrid";
import { GridPlace } from "../../components/grid/GridPlace";
import type { JobFilter, JobRow, Page } from "../../generated/commands";
import { liveJobs } from "../../lib/live-stores";
import { toast } from "../../lib/toasts";
import { JOB_COLUMNS } from "./job-columns";

/** What can be done with the jobs that are selected, or with all that the filter lets through. */
export type JobSelectionBar = ComponentType<{ ids: ReadonlySet<string>; filter: JobFilter; onClear: () => void }>;

type JobTableProps = {
  q: string;
  filter: JobFilter;
  selectionBar: JobSelectionBar;
  jobs: UseInfiniteQueryResult<InfiniteData<Page<JobRow>>>;
  openId: string | null;
  onClear: () => void;
};

const NONE: ReadonlySet<string> = new Set();
const find = (id: string) => liveJobs.get(id);

export function JobTable({ q, filter, selectionBar: SelectionBar, jobs, openId, onClear }: JobTableProps) {
  const navigate = useNavigate();
  // Of one list: another filter shows other jobs, and nobody acts on what they no longer see.
  const [{ of, ids }, setChosen] = useState({ of: q, ids: NONE });
  const selection = of === q ? ids : NONE;
  const setSelection = (next: ReadonlySet<string>) => setChosen({ of: q, ids: next });
  const rows = useMemo(() => jobs.data?.pages.flatMap((page) => page.rows) ?? [], [jobs.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = jobs;
  const readOn = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);

  const open = (job: JobRow, replace = false) => void navigate({ to: "/jobs/$jobId", params: { jobId: job.id }, search: true, replace });
  const menu = (job: JobRow): MenuEntry[] => [
    { id: "open", label: "Open", icon: PanelRight, hint: "Enter", onPress: () => open(job) },
    ...(job.user_id === null
      ? []
      : [{ id: "user", label: "Open user", icon: UserRound, onPress: () => void navigate({ to: "/users/$userId", params: { userId: job.user_id ?? "" } }) }]),
    "line",
    { id: "copy", label: "Copy job id", icon: Copy, onPress: () => void navigator.clipboard.writeText(job.id).then(() => toast("Copied the job’s id.")) },
  ];
  return (
    <GridPlace>
      <DataGrid
        label="Jobs"
        rows={rows}
        columns={JOB_COLUMNS}
        epoch={q}
        find={find}
        openId={openId}
        onOpen={open}
        // With the panel open, it follows the arrow keys.
        onFocusRow={(job) => (openId === null ? undefined : open(job, true))}
        onEscape={() => (openId === null ? undefined : void navigate({ to: "/jobs", search: true }))}
        menu={menu}
        selection={selection}
        onSelect={setSelection}
        more={hasNextPage}
        onEndReached={readOn}
        empty={<Nothing q={q} jobs={jobs} onClear={onClear} />}
      />
      {selection.size === 0 ? null : <SelectionBar ids={selection} filter={filter} onClear={() => setSelection(NONE)} />}
    </GridPlace>
  );
}

function Nothing({ q, jobs, onClear }: Pick<JobTableProps, "q" | "jobs" | "onClear">) {
  if (jobs.error !== null && jobs.data === undefined) return <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} />;
  if (jobs.data === undefined) return <Reading>Reading jobs…</Reading>;
  if (q === "") {
    return (
      <EmptyState icon={Workflow} title="No jobs yet">
        Every long operation is a job and stands here the moment it is asked for. Enable demo mode for a user to make one.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={SearchX} title="No job matches this filter" action={<Button onPress={onClear}>Clear filter</Button>}>
      New jobs that match will appear here by themselves.
    </EmptyState>
  );
}
