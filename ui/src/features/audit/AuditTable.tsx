import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { ScrollText, SearchX } from "lucide-react";
import { useCallback } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Reading } from "../../components/Reading";
import { DataGrid } from "../../components/grid/DataGrid";
import { GridPlace } from "../../components/grid/GridPlace";
import type { AuditEntry, Page } from "../../generated/commands";
import { AUDIT_COLUMNS } from "./audit-columns";

type AuditTableProps = {
  /** The filter as text; it names the list. */
  q: string;
  rows: readonly AuditEntry[];
  audit: UseInfiniteQueryResult<InfiniteData<Page<AuditEntry>>>;
  openId: string | null;
  onOpen: (id: string | null) => void;
  onClear: () => void;
};

export function AuditTable({ q, rows, audit, openId, onOpen, onClear }: AuditTableProps) {
  const { isFetchingNextPage, fetchNextPage } = audit;
  const readOn = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  return (
    <GridPlace>
      <DataGrid
        label="Audit"
        rows={rows}
        columns={AUDIT_COLUMNS}
        // Rows of the former filter may stand in until this one is read: those that come then are another list.
        epoch={audit.isPlaceholderData ? `${q} ahead` : q}
        openId={openId}
        onOpen={(entry) => onOpen(entry.id)}
        // With the panel open, it follows the arrow keys.
        onFocusRow={(entry) => (openId === null ? undefined : onOpen(entry.id))}
        onEscape={() => onOpen(null)}
        more={audit.hasNextPage}
        onEndReached={readOn}
        empty={<Nothing filtered={q !== ""} audit={audit} onClear={onClear} />}
      />
    </GridPlace>
  );
}

function Nothing({ filtered, audit, onClear }: { filtered: boolean } & Pick<AuditTableProps, "audit" | "onClear">) {
  if (audit.error !== null && audit.data === undefined) return <ErrorState error={audit.error} onRetry={() => void audit.refetch()} />;
  if (audit.data === undefined || audit.hasNextPage) return <Reading>Reading the trail…</Reading>;
  if (!filtered) {
    return (
      <EmptyState icon={ScrollText} title="Nothing has been done yet">
        Every change that staff make stands here with its reason: enabling demo mode, cancelling a job, revoking a session.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={SearchX} title="Nothing in the trail matches" action={<Button onPress={onClear}>Clear filter</Button>}>
      Words without a field look for a part of the reason. Users who are gone are found by their whole e-mail.
    </EmptyState>
  );
}
