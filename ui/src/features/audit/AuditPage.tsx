import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";
import { useCallback, useMemo } from "react";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { FilterChip } from "../../components/FilterChip";
import { Page } from "../../components/Page";
import { DataGrid } from "../../components/grid/DataGrid";
import { useIpc } from "../../ipc/ipc";
import styles from "./Audit.module.css";
import { AUDIT_COLUMNS } from "./audit-columns";
import { auditOptions } from "./audit-queries";

const route = getRouteApi("/audit");

/** Who did what, on whom, why, and what changed. Newest first. */
export function AuditPage() {
  const { user } = route.useSearch();
  const navigate = route.useNavigate();
  const audit = useInfiniteQuery(auditOptions(useIpc(), user ?? null));
  const rows = useMemo(() => audit.data?.pages.flatMap((page) => page.rows) ?? [], [audit.data]);
  const { isFetchingNextPage, fetchNextPage } = audit;
  const readOn = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const email = rows.find((row) => row.user_id === user)?.user_email;
  return (
    <Page
      title="Audit"
      tools={
        user === undefined ? (
          <span className={styles.quiet}>Every change by staff, with its reason. Nobody can edit it.</span>
        ) : (
          <FilterChip term={{ field: "user", value: email ?? user }} onRemove={() => void navigate({ to: ".", search: {} })} />
        )
      }
    >
      <DataGrid
        label="Audit"
        rows={rows}
        columns={AUDIT_COLUMNS}
        epoch={user ?? ""}
        more={audit.hasNextPage}
        onEndReached={readOn}
        empty={
          audit.error !== null && audit.data === undefined ? (
            <ErrorState error={audit.error} onRetry={() => void audit.refetch()} />
          ) : audit.data === undefined ? null : (
            <EmptyState icon={ScrollText} title="Nothing has been done yet">
              Every change that staff make stands here with its reason: enabling demo mode, cancelling a job, revoking a session.
            </EmptyState>
          )
        }
      />
    </Page>
  );
}
