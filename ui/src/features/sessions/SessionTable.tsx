import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LogOut, MonitorSmartphone, PanelRight, SearchX, UserRound } from "lucide-react";
import { useCallback, useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Reading } from "../../components/Reading";
import type { MenuEntry } from "../../components/MenuList";
import { DataGrid } from "../../components/grid/DataGrid";
import { GridPlace } from "../../components/grid/GridPlace";
import type { Page, SessionRow } from "../../generated/commands";
import { RevokeSessionDialog } from "./RevokeSessionDialog";
import { SESSION_COLUMNS } from "./session-columns";

type SessionTableProps = {
  rows: readonly SessionRow[];
  sessions: UseInfiniteQueryResult<InfiniteData<Page<SessionRow>>>;
  /** Names the list. */
  filter: string;
  filtered: boolean;
  openId: string | null;
  onOpen: (id: string | null) => void;
  onClear: () => void;
};

export function SessionTable({ rows, sessions, filter, filtered, openId, onOpen, onClear }: SessionTableProps) {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = sessions;
  const readOn = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const navigate = useNavigate();
  const [revoking, setRevoking] = useState<SessionRow | null>(null);
  const menu = (session: SessionRow): MenuEntry[] => [
    { id: "open", label: "Open", icon: PanelRight, hint: "Enter", onPress: () => onOpen(session.id) },
    { id: "user", label: "Open user", icon: UserRound, onPress: () => void navigate({ to: "/users/$userId", params: { userId: session.user_id } }) },
    ...(session.offer.allowed ? ["line" as const, { id: "revoke", label: "Revoke…", icon: LogOut, danger: true, onPress: () => setRevoking(session) }] : []),
  ];
  return (
    <GridPlace>
      <DataGrid
        label="Sessions"
        rows={rows}
        columns={SESSION_COLUMNS}
        // Rows of the former filter may stand in until this one is read: those that come then are another list.
        epoch={sessions.isPlaceholderData ? `${filter} ahead` : filter}
        openId={openId}
        onOpen={(session) => onOpen(session.id)}
        // With the panel open, it follows the arrow keys.
        onFocusRow={(session) => (openId === null ? undefined : onOpen(session.id))}
        onEscape={() => onOpen(null)}
        menu={menu}
        more={hasNextPage}
        onEndReached={readOn}
        empty={<Nothing filtered={filtered} sessions={sessions} onClear={onClear} />}
      />
      {revoking === null ? null : <RevokeSessionDialog seen={revoking} onClose={() => setRevoking(null)} />}
    </GridPlace>
  );
}

function Nothing({ filtered, sessions, onClear }: Pick<SessionTableProps, "filtered" | "sessions" | "onClear">) {
  if (sessions.error !== null && sessions.data === undefined) return <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />;
  if (sessions.data === undefined || sessions.hasNextPage) return <Reading>Reading sessions…</Reading>;
  if (!filtered) {
    return (
      <EmptyState icon={MonitorSmartphone} title="Nobody is signed in">
        Every sign-in of a customer stands here with its device and address, until it ends.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={SearchX} title="No session matches" action={<Button onPress={onClear}>Clear search</Button>}>
      Search looks for a part of the user’s e-mail or name. Ended sessions are shown under “All”.
    </EmptyState>
  );
}
