import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { Segmented } from "../../components/Segmented";
import { DataGrid } from "../../components/grid/DataGrid";
import type { BulkItemState, BulkPlanView } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import styles from "./Bulk.module.css";
import { ITEM_COLUMNS } from "./item-columns";
import { bulkItemsOptions, isAtWork } from "./bulk-queries";
import { ITEM_STATES } from "./bulk-words";

const SHOWN = [{ value: "all", label: "All" }, ...(["failed", "done", "waiting", "left_out"] as const).map((value) => ({ value, label: ITEM_STATES[value] }))] as const;

/** Every item with what became of it. */
export function PlanItems({ view }: { view: BulkPlanView }) {
  const { plan } = view;
  const [shown, setShown] = useState<BulkItemState | "all">("all");
  const items = useInfiniteQuery({ ...bulkItemsOptions(useIpc(), plan.id, shown === "all" ? null : shown, isAtWork(plan)), placeholderData: keepPreviousData });
  const rows = useMemo(() => items.data?.pages.flatMap((page) => page.rows).map((item) => ({ ...item, id: String(item.seq) })) ?? [], [items.data]);
  const { isFetchingNextPage, fetchNextPage } = items;
  const readOn = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  return (
    <section className={styles.items} aria-labelledby="bulk-items">
      <div className={styles.itemsHead}>
        <h2 id="bulk-items">Items</h2>
        <Segmented label="Show" hideLabel value={shown} options={SHOWN} onChange={setShown} />
      </div>
      <div className={styles.itemsPlace}>
        <DataGrid label="Items" rows={rows} columns={ITEM_COLUMNS} epoch={`${plan.id} ${shown}`} more={items.hasNextPage} onEndReached={readOn} empty={<p className={styles.none}>There is none.</p>} />
      </div>
    </section>
  );
}
