import { RelativeTime } from "../../components/RelativeTime";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { Column } from "../../components/grid/columns";
import type { BulkPlanRow } from "../../generated/commands";
import { count } from "../../lib/numbers";
import { bulkMark } from "../../lib/states/bulk";
import styles from "./Bulk.module.css";
import { planTitle } from "./bulk-words";

export const PLAN_COLUMNS: readonly Column<BulkPlanRow>[] = [
  { id: "state", header: "State", width: "168px", cell: (plan) => <StatusBadge mark={bulkMark(plan)} /> },
  { id: "what", header: "What", width: "minmax(160px, 1fr)", cell: (plan) => planTitle(plan) },
  { id: "why", header: "Why", width: "minmax(140px, 1.4fr)", hideBelow_px: 560, cell: (plan) => <VisibleText text={plan.reason} max={200} /> },
  { id: "done", header: "Done", width: "72px", align: "end", cell: (plan) => count(plan.done) },
  { id: "failed", header: "Failed", width: "64px", align: "end", cell: (plan) => <span className={plan.failed > 0 ? styles.bad : styles.quiet}>{count(plan.failed)}</span> },
  { id: "by", header: "Planned by", width: "minmax(120px, 0.7fr)", hideBelow_px: 760, cell: (plan) => <VisibleText text={plan.planned_by} max={80} /> },
  { id: "at", header: "Planned", width: "84px", align: "end", cell: (plan) => <RelativeTime at={plan.planned_at} /> },
];
