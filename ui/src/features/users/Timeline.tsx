import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { Button } from "../../components/Button";
import { ErrorState } from "../../components/ErrorState";
import { RelativeTime } from "../../components/RelativeTime";
import { Thread, ThreadEntry } from "../../components/Thread";
import { ViewSwitch } from "../../components/ViewSwitch";
import { VisibleText } from "../../components/VisibleText";
import type { TimelineEntry } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { shortId } from "../../lib/ids";
import { exactTime } from "../../lib/time";
import { CopyTicket } from "./CopyTicket";
import styles from "./Timeline.module.css";
import { TIMELINE_KINDS, fromKindsText, toggleKind } from "./timeline-kinds";
import { entryMark, entryTitle } from "./timeline-words";
import { timelineOptions } from "./users-queries";

const route = getRouteApi("/users/$userId");

/** Everything that happened to a user, newest first: jobs with their attempts, staff with their reasons, sign-ins. */
export function Timeline({ userId }: { userId: string }) {
  const ipc = useIpc();
  const navigate = useNavigate();
  const { timeline: chosen = "" } = route.useSearch();
  const kinds = useMemo(() => fromKindsText(chosen), [chosen]);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({ ...timelineOptions(ipc, userId, kinds), placeholderData: keepPreviousData });
  const entries = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const choose = (timeline: string | undefined) => void navigate({ to: ".", search: { timeline }, replace: true });
  const views = TIMELINE_KINDS.map(({ kind, words }) => ({ words, pressed: kinds.includes(kind), onPress: () => choose(toggleKind(chosen, kind)) }));
  return (
    <section aria-labelledby="user-timeline">
      <header className={styles.head}>
        <h2 id="user-timeline">Timeline</h2>
        <ViewSwitch label="What the timeline shows" views={[{ words: "All", pressed: kinds.length === 0, onPress: () => choose(undefined) }, ...views]} />
        <span className={styles.push}>
          <CopyTicket userId={userId} kinds={kinds} />
        </span>
      </header>
      {error !== null && data === undefined ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
      {data !== undefined && entries.length === 0 ? <p className={styles.quiet}>{kinds.length > 0 ? "Nothing of this kind. " : "Nothing has happened yet. "}Jobs, changes by staff and sign-ins will stand here.</p> : null}
      {byDay(entries).map(([day, list]) => (
        <div key={day}>
          <h3 className={styles.day}>{day}</h3>
          <Thread>
            {list.map((entry) => (
              <Entry key={entry.id} entry={entry} />
            ))}
          </Thread>
        </div>
      ))}
      {hasNextPage ? (
        <Button busy={isFetchingNextPage} onPress={() => void fetchNextPage()}>
          {isFetchingNextPage ? "Reading…" : "Show older"}
        </Button>
      ) : null}
    </section>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const mark = entryMark(entry);
  return (
    <ThreadEntry
      mark={mark}
      title={<VisibleText text={entryTitle(entry)} max={200} />}
      detail={entry.detail === null ? null : <VisibleText text={entry.detail} max={600} />}
      by={
        <>
          <VisibleText text={entry.actor} max={120} />
          {entry.job_id === null ? null : (
            <>
              {" · "}
              <Link to="/jobs/$jobId" params={{ jobId: entry.job_id }} title={entry.job_id}>
                job {shortId(entry.job_id)}
              </Link>
            </>
          )}
        </>
      }
      at={<RelativeTime at={entry.at} />}
    />
  );
}

/** By this machine's days; entries come in order. */
function byDay(entries: readonly TimelineEntry[]): [string, TimelineEntry[]][] {
  const days = new Map<string, TimelineEntry[]>();
  for (const entry of entries) {
    const day = exactTime(entry.at).slice(0, 10);
    const list = days.get(day);
    if (list) list.push(entry);
    else days.set(day, [entry]);
  }
  return [...days];
}
