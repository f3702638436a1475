import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Outlet, getRouteApi, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { FilterBar } from "../../components/FilterBar";
import { Page } from "../../components/Page";
import { SidePanelPlace } from "../../components/SidePanel";
import { useIpc } from "../../ipc/ipc";
import { type JobSelectionBar, JobTable } from "./JobTable";
import { JobViews } from "./JobViews";
import { jobFilterFields, toJobFilter } from "./job-filters";
import { jobTypesOptions, jobsOptions } from "./jobs-queries";

const route = getRouteApi("/jobs");

/** All jobs, newest first; one of them in the panel. */
export function JobsPage({ selectionBar }: { selectionBar: JobSelectionBar }) {
  const ipc = useIpc();
  const { q = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const { jobId = null } = useParams({ strict: false });
  const filter = useMemo(() => toJobFilter(q), [q]);
  const types = useQuery(jobTypesOptions(ipc)).data;
  const fields = useMemo(() => jobFilterFields(types ?? []), [types]);
  const jobs = useInfiniteQuery({ ...jobsOptions(ipc, filter), placeholderData: keepPreviousData });

  const setText = (text: string) => {
    void navigate({ to: ".", search: { q: text === "" ? undefined : text }, replace: true });
  };
  return (
    <Page
      title="Jobs"
      tools={
        <>
          <FilterBar label="Filter jobs" placeholder="status:failed user:ana@…" fields={fields} value={q} onChange={setText} />
          <JobViews q={q} onChoose={setText} />
        </>
      }
    >
      <JobTable q={q} filter={filter} selectionBar={selectionBar} jobs={jobs} openId={jobId} onClear={() => setText("")} />
      {jobId === null ? null : (
        <SidePanelPlace>
          <Outlet />
        </SidePanelPlace>
      )}
    </Page>
  );
}
