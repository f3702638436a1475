import { Link } from "@tanstack/react-router";
import { RelativeTime } from "../../components/RelativeTime";
import { VisibleText } from "../../components/VisibleText";
import type { FailureGroup } from "../../generated/commands";
import { jobTypeWords } from "../../lib/states/job";
import styles from "./NowPage.module.css";

/** The last hour's failures by error: one cause, one line. */
export function FailureGroups({ groups }: { groups: readonly FailureGroup[] }) {
  return (
    <section aria-labelledby="now-failures">
      <h2 id="now-failures">Failures in the last hour</h2>
      {groups.length === 0 ? <p className={styles.quiet}>None. Failed jobs will stand here, grouped by their error.</p> : null}
      <ul className={styles.groups}>
        {groups.map((group) => (
          <li key={`${group.job_type} ${group.error}`} className={styles.group}>
            <span className={styles.times}>{group.count}×</span>
            <div className={styles.what}>
              <p className={styles.error}>
                <VisibleText text={group.error} max={220} />
              </p>
              <p className={styles.advice}>
                {jobTypeWords(group.job_type)} ·{" "}
                <Link to="/jobs/$jobId" params={{ jobId: group.last_job_id }}>
                  newest
                </Link>{" "}
                <RelativeTime at={group.last_at} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
