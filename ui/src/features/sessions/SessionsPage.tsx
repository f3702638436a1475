import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { FilterChip } from "../../components/FilterChip";
import { Page } from "../../components/Page";
import { SidePanelPlace } from "../../components/SidePanel";
import { SearchField } from "../../components/SearchField";
import { Segmented } from "../../components/Segmented";
import { useIpc } from "../../ipc/ipc";
import { shortId } from "../../lib/ids";
import { SessionPanel } from "./SessionPanel";
import { SessionTable } from "./SessionTable";
import { type SessionSearch, toSessionFilter } from "./session-filters";
import { sessionsOptions } from "./sessions-queries";

const route = getRouteApi("/sessions");

/** Who is signed in, from where, since when, until when. */
export function SessionsPage() {
  const ipc = useIpc();
  const { q, user, ended, session } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = useMemo(() => toSessionFilter({ q, user, ended }), [q, user, ended]);
  const sessions = useInfiniteQuery({ ...sessionsOptions(ipc, filter), placeholderData: keepPreviousData });
  const rows = useMemo(() => sessions.data?.pages.flatMap((page) => page.rows) ?? [], [sessions.data]);
  const change = useCallback((part: SessionSearch) => void navigate({ to: ".", search: (before) => ({ ...before, ...part }), replace: true }), [navigate]);
  const search = useCallback((text: string) => change({ q: text.trim() === "" ? undefined : text }), [change]);
  const open = rows.find((row) => row.id === session);
  const one = filter.user_id;
  return (
    <Page
      title="Sessions"
      tools={
        <>
          {one === null ? (
            <SearchField label="Search sessions" placeholder="E-mail or name of the user" value={q ?? ""} onSearch={search} />
          ) : (
            <FilterChip term={{ field: "user", value: rows[0]?.user_id === one ? rows[0].user_email : shortId(one) }} onRemove={() => change({ user: undefined })} />
          )}
          <Segmented
            label="Which sessions"
            hideLabel
            value={ended === true ? "all" : "active"}
            options={[
              { value: "active", label: "Active only" },
              { value: "all", label: "All" },
            ]}
            onChange={(which) => change({ ended: which === "all" ? true : undefined })}
          />
        </>
      }
    >
      <SessionTable
        rows={rows}
        sessions={sessions}
        filter={JSON.stringify(filter)}
        filtered={filter.user !== null || one !== null}
        openId={open?.id ?? null}
        onOpen={(id) => change({ session: id ?? undefined })}
        onClear={() => change({ q: undefined, user: undefined })}
      />
      {open === undefined ? null : (
        <SidePanelPlace>
          <SessionPanel session={open} onClose={() => change({ session: undefined })} />
        </SidePanelPlace>
      )}
    </Page>
  );
}
