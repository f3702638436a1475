import { Link } from "@tanstack/react-router";
import { CopyId } from "../../components/CopyId";
import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { Column } from "../../components/grid/columns";
import type { WorkerRow } from "../../generated/commands";
import { plural } from "../../lib/numbers";
import { workerMark } from "../../lib/states/worker";
import styles from "./Workers.module.css";

const byText = (of: (worker: WorkerRow) => string) => (a: WorkerRow, b: WorkerRow) => of(a).localeCompare(of(b));

export const WORKER_COLUMNS: readonly Column<WorkerRow>[] = [
  { id: "state", header: "State", width: "104px", cell: (worker) => <StatusBadge mark={workerMark(worker)} />, compare: byText((worker) => workerMark(worker).word) },
  {
    id: "host",
    header: "Host and process",
    width: "minmax(130px, 1fr)",
    cell: (worker) => (
      <span className={styles.mono}>
        <VisibleText text={`${worker.host}:${worker.pid}`} max={100} />
      </span>
    ),
    compare: byText((worker) => worker.host),
  },
  {
    id: "jobs",
    header: "Jobs in hand",
    width: "96px",
    align: "end",
    cell: (worker) =>
      worker.jobs_in_hand === 0 ? (
        <span className={styles.sum}>0</span>
      ) : (
        <Link to="/jobs" search={{ q: `worker:${worker.id} status:running` }} tabIndex={-1} aria-label={`Show ${plural(worker.jobs_in_hand, "job")} of this worker`}>
          {worker.jobs_in_hand}
        </Link>
      ),
    compare: (a, b) => a.jobs_in_hand - b.jobs_in_hand,
  },
  { id: "seen", header: "Last heard of", width: "104px", align: "end", cell: (worker) => <RelativeTime at={worker.last_seen_at} />, compare: byText((worker) => worker.last_seen_at) },
  { id: "started", header: "Started", width: "96px", align: "end", hideBelow_px: 560, cell: (worker) => <RelativeTime at={worker.started_at} />, compare: byText((worker) => worker.started_at) },
  {
    id: "build",
    header: "Build",
    width: "minmax(110px, 0.6fr)",
    hideBelow_px: 700,
    cell: (worker) => (
      <span className={styles.mono}>
        <VisibleText text={worker.build} max={60} />
      </span>
    ),
    compare: byText((worker) => worker.build),
  },
  { id: "id", header: "Id", width: "96px", hideBelow_px: 800, cell: (worker) => <CopyId id={worker.id} what="worker id" /> },
];
