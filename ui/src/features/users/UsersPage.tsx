import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { Page } from "../../components/Page";
import { SearchField } from "../../components/SearchField";
import { useIpc } from "../../ipc/ipc";
import { DemoModeFilter } from "./DemoModeFilter";
import { type UserSelectionBar, UserTable } from "./UserTable";
import { toUserFilter } from "./user-filters";
import { usersOptions } from "./users-queries";

const route = getRouteApi("/users");

/** All customers, newest sign-up first. */
export function UsersPage({ selectionBar }: { selectionBar: UserSelectionBar }) {
  const ipc = useIpc();
  const { q = "", demo = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = useMemo(() => toUserFilter(q, demo), [q, demo]);
  const users = useInfiniteQuery({ ...usersOptions(ipc, filter), placeholderData: keepPreviousData });
  const change = useCallback(
    (part: { q?: string | undefined; demo?: string | undefined }) => void navigate({ to: ".", search: (before) => ({ ...before, ...part }), replace: true }),
    [navigate],
  );
  const search = useCallback((text: string) => change({ q: text.trim() === "" ? undefined : text }), [change]);
  return (
    <Page
      title="Users"
      tools={
        <>
          <SearchField label="Search users" placeholder="E-mail, name or id" value={q} onSearch={search} />
          <DemoModeFilter demo={demo} onChange={(next) => change({ demo: next })} />
        </>
      }
    >
      <UserTable shown={filter} selectionBar={selectionBar} filter={`${filter.search ?? ""}|${filter.demo_modes.join()}`} users={users} onClear={() => change({ q: undefined, demo: undefined })} />
    </Page>
  );
}
