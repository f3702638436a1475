import { RelativeTime } from "../../components/RelativeTime";
import { Thread, ThreadEntry } from "../../components/Thread";
import { VisibleText } from "../../components/VisibleText";
import type { JobEventRow } from "../../generated/commands";
import { jobStatusMark } from "../../lib/states/job";
import styles from "./Jobs.module.css";

/** How words of the history read to people. An unknown one is shown as it is. */
const EVENTS: Record<string, string> = {
  enqueue: "Asked for",
  start: "Started",
  succeed: "Completed",
  retry_later: "Failed, will be tried again",
  fail: "Failed for good",
  hand_back: "Handed back by a stopping worker",
  rescue: "Taken back from a lost worker",
  request_cancel: "Stop asked for",
  confirm_cancel: "Stopped",
  manual_retry: "Retried by a person",
  reschedule: "Moved to another time",
};

/** Newest first: what happened, when, by whom. */
export function JobHistory({ events }: { events: readonly JobEventRow[] }) {
  return (
    <Thread>
      {[...events].reverse().map((event) => (
        <ThreadEntry
          key={event.id}
          mark={jobStatusMark(event.to_status)}
          title={
            <>
              {EVENTS[event.event] ?? <VisibleText text={event.event} max={60} />}
              {event.attempt > 0 ? <span className={styles.quiet}> · attempt {event.attempt}</span> : null}
            </>
          }
          detail={event.detail === null ? null : <VisibleText text={event.detail} max={600} />}
          by={
            <>
              <RelativeTime at={event.at} /> · <VisibleText text={event.actor} max={120} />
            </>
          }
        />
      ))}
    </Thread>
  );
}
