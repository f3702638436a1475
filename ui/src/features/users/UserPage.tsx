import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ComponentType, useEffect, useRef } from "react";
import { ErrorState } from "../../components/ErrorState";
import { Reading } from "../../components/Reading";
import { Page } from "../../components/Page";
import type { UserView } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { visibleText } from "../../lib/visible-text";
import { ConnectionList } from "./ConnectionList";
import { DemoModeCard } from "./DemoModeCard";
import { Timeline } from "./Timeline";
import styles from "./User.module.css";
import { UserHeader } from "./UserHeader";
import { userOptions } from "./users-queries";

const route = getRouteApi("/users/$userId");

/** What other features put on the page. */
type Parts = { verdict: ComponentType<{ id: string }>; sessions: ComponentType<{ userId: string }> };

/** One customer: demo mode, connections, sessions, and everything that happened. */
export function UserPage({ verdict, sessions }: Parts) {
  const { userId } = route.useParams();
  const { data: view, error, refetch } = useQuery(userOptions(useIpc(), userId));
  if (view === undefined) {
    return <Page title="User">{error === null ? <Reading>Reading…</Reading> : <ErrorState error={error} onRetry={() => void refetch()} />}</Page>;
  }
  return (
    <Page title={visibleText(view.user.email, 200)} tools={<UserHeader view={view} />}>
      <UserBody key={userId} view={view} verdict={verdict} sessions={sessions} />
    </Page>
  );
}

function UserBody({ view, verdict: Verdict, sessions: Sessions }: Parts & { view: UserView }) {
  const { user } = view;
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The table from which a person came is gone, and its focus with it: the next Tab goes to the actions.
    if (document.activeElement === document.body) content.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={content} tabIndex={-1} data-arrival className={styles.columns}>
      <div className={styles.column}>
        <Verdict id={user.id} />
        <DemoModeCard view={view} />
        <Sessions userId={user.id} />
        <ConnectionList connections={view.connections} />
      </div>
      <div className={styles.column}>
        <Timeline userId={user.id} />
      </div>
    </div>
  );
}
