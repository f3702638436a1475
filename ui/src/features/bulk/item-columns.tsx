import { CopyId } from "../../components/CopyId";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { Column } from "../../components/grid/columns";
import type { BulkItemRow } from "../../generated/commands";
import { bulkItemMark } from "../../lib/states/bulk";
import { jobTypeWords } from "../../lib/states/job";
import { FIX } from "../../lib/states/verdict";
import { visibleText } from "../../lib/visible-text";
import styles from "./Bulk.module.css";

type Item = BulkItemRow & { id: string };

/** What is known of its end, or why it is left out. */
const told = (item: Item): string => item.result ?? item.why ?? planned(item);

const planned = ({ fix, now, next }: Item): string => (now === null ? "" : `${fix === null ? "" : `${FIX[fix]}: `}${now} → ${next ?? "?"}`);

export const ITEM_COLUMNS: readonly Column<Item>[] = [
  { id: "seq", header: "#", width: "48px", align: "end", cell: (item) => <span className={styles.quiet}>{item.seq}</span> },
  { id: "state", header: "State", width: "96px", cell: (item) => <StatusBadge mark={bulkItemMark(item.state)} /> },
  { id: "job", header: "Job", width: "minmax(110px, 0.6fr)", hideBelow_px: 620, cell: (item) => (item.job_type === null ? <span className={styles.quiet}>–</span> : <VisibleText text={jobTypeWords(item.job_type)} max={60} />) },
  { id: "user", header: "User", width: "minmax(110px, 1fr)", cell: (item) => (item.user_email === null ? <span className={styles.quiet}>–</span> : <VisibleText text={item.user_email} max={120} />) },
  {
    id: "told",
    header: "What became of it",
    width: "minmax(140px, 1.8fr)",
    cell: (item) => (
      <span title={visibleText(told(item), 500)}>
        <VisibleText text={told(item)} max={200} />
      </span>
    ),
  },
  { id: "id", header: "Id", width: "88px", hideBelow_px: 700, cell: (item) => <CopyId id={item.target_id} what="id" /> },
];
