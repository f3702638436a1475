import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Server } from "lucide-react";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Page } from "../../components/Page";
import { DataGrid } from "../../components/grid/DataGrid";
import { useIpc } from "../../ipc/ipc";
import { plural } from "../../lib/numbers";
import { parseSort, sortText } from "../../lib/sort-text";
import styles from "./Workers.module.css";
import { WORKER_COLUMNS } from "./worker-columns";
import { workersOptions } from "./workers-queries";

const route = getRouteApi("/workers");

/** Who carries the jobs out, and whether they are heard of. */
export function WorkersPage() {
  const { data: workers, error, refetch } = useQuery(workersOptions(useIpc()));
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const alive = workers?.filter((worker) => worker.alive).length ?? 0;
  return (
    <Page
      title="Workers"
      tools={workers ? <span className={styles.sum}>{`${plural(alive, "worker")} alive, ${plural(workers.reduce((sum, worker) => sum + worker.jobs_in_hand, 0), "job")} in hand`}</span> : null}
    >
      <DataGrid
        label="Workers"
        rows={workers ?? []}
        columns={WORKER_COLUMNS}
        epoch="workers"
        sort={parseSort(sort)}
        onSort={(next) => void navigate({ to: ".", search: { sort: sortText(next) }, replace: true })}
        empty={
          error !== null && workers === undefined ? (
            <ErrorState error={error} onRetry={() => void refetch()} />
          ) : workers === undefined ? null : (
            <EmptyState icon={Server} title="No worker has been heard of">
              Jobs wait until one runs. Start `repruv-server work`; it will stand here within seconds.
            </EmptyState>
          )
        }
      />
    </Page>
  );
}
