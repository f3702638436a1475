import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { useCallback, useMemo } from "react";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Page } from "../../components/Page";
import { Reading } from "../../components/Reading";
import { DataGrid } from "../../components/grid/DataGrid";
import { GridPlace } from "../../components/grid/GridPlace";
import { useIpc } from "../../ipc/ipc";
import { bulkPlansOptions } from "./bulk-queries";
import { PLAN_COLUMNS } from "./plan-columns";

const route = getRouteApi("/bulk");

/** Every plan, newest first. */
export function BulkPage() {
  const plans = useInfiniteQuery(bulkPlansOptions(useIpc()));
  const navigate = route.useNavigate();
  const rows = useMemo(() => plans.data?.pages.flatMap((page) => page.rows) ?? [], [plans.data]);
  const { isFetchingNextPage, fetchNextPage } = plans;
  const readOn = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const nothing = () => {
    if (plans.error !== null && plans.data === undefined) return <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />;
    if (plans.data === undefined) return <Reading>Reading plans…</Reading>;
    return (
      <EmptyState icon={ListChecks} title="Nothing has been changed in bulk">
        Select rows under Jobs or Users (Space, Shift and the arrow keys), or what needs a person under Now, to plan a change of many. A plan shows what would happen before anything does.
      </EmptyState>
    );
  };
  return (
    <Page title="Bulk">
      <GridPlace>
        <DataGrid
          label="Bulk plans"
          rows={rows}
          columns={PLAN_COLUMNS}
          epoch="plans"
          onOpen={(plan) => void navigate({ to: "/bulk/$planId", params: { planId: plan.id } })}
          more={plans.hasNextPage}
          onEndReached={readOn}
          empty={nothing()}
        />
      </GridPlace>
    </Page>
  );
}
