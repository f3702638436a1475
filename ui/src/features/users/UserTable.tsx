import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowRight, AtSign, Copy, SearchX, Users } from "lucide-react";
import { type ComponentType, useCallback, useMemo, useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorState } from "../../components/ErrorState";
import { Reading } from "../../components/Reading";
import type { MenuEntry } from "../../components/MenuList";
import { DataGrid } from "../../components/grid/DataGrid";
import { GridPlace } from "../../components/grid/GridPlace";
import type { Page, UserFilter, UserRow } from "../../generated/commands";
import { liveUsers } from "../../lib/live-stores";
import { toast } from "../../lib/toasts";
import { USER_COLUMNS } from "./user-columns";

/** What can be done with the users that are selected, or with all that the filter lets through. */
export type UserSelectionBar = ComponentType<{ ids: ReadonlySet<string>; filter: UserFilter; onClear: () => void }>;

type UserTableProps = {
  /** Names the list. */
  filter: string;
  shown: UserFilter;
  selectionBar: UserSelectionBar;
  users: UseInfiniteQueryResult<InfiniteData<Page<UserRow>>>;
  onClear: () => void;
};

const NONE: ReadonlySet<string> = new Set();
const find = (id: string) => liveUsers.get(id);

export function UserTable({ filter, shown, selectionBar: SelectionBar, users, onClear }: UserTableProps) {
  const navigate = useNavigate();
  // Of one list: another filter shows other users, and nobody acts on what they no longer see.
  const [{ of, ids }, setChosen] = useState({ of: filter, ids: NONE });
  const selection = of === filter ? ids : NONE;
  const setSelection = (next: ReadonlySet<string>) => setChosen({ of: filter, ids: next });
  const rows = useMemo(() => users.data?.pages.flatMap((page) => page.rows) ?? [], [users.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = users;
  const readOn = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const open = (user: UserRow) => void navigate({ to: "/users/$userId", params: { userId: user.id } });
  const copy = (text: string, what: string) => void navigator.clipboard.writeText(text).then(() => toast(`Copied the user’s ${what}.`));
  const menu = (user: UserRow): MenuEntry[] => [
    { id: "open", label: "Open", icon: ArrowRight, hint: "Enter", onPress: () => open(user) },
    "line",
    { id: "email", label: "Copy e-mail", icon: AtSign, onPress: () => copy(user.email, "e-mail") },
    { id: "id", label: "Copy user id", icon: Copy, onPress: () => copy(user.id, "id") },
  ];
  return (
    <GridPlace>
      <DataGrid
        label="Users"
        rows={rows}
        columns={USER_COLUMNS}
        // Rows of the former filter may stand in until this one is read: those that come then are another list.
        epoch={users.isPlaceholderData ? `${filter} ahead` : filter}
        find={find}
        onOpen={open}
        menu={menu}
        selection={selection}
        onSelect={setSelection}
        more={hasNextPage}
        onEndReached={readOn}
        empty={<Nothing filtered={filter !== "|"} users={users} onClear={onClear} />}
      />
      {selection.size === 0 ? null : <SelectionBar ids={selection} filter={shown} onClear={() => setSelection(NONE)} />}
    </GridPlace>
  );
}

function Nothing({ filtered, users, onClear }: { filtered: boolean } & Pick<UserTableProps, "users" | "onClear">) {
  if (users.error !== null && users.data === undefined) return <ErrorState error={users.error} onRetry={() => void users.refetch()} />;
  if (users.data === undefined || users.hasNextPage) return <Reading>Reading users…</Reading>;
  if (!filtered) {
    return (
      <EmptyState icon={Users} title="No users yet">
        Every customer who signs up stands here, newest first, with the state of their demo mode.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={SearchX} title="No user matches" action={<Button onPress={onClear}>Clear search</Button>}>
      Search looks for a part of the e-mail or name, or the start of an id.
    </EmptyState>
  );
}
