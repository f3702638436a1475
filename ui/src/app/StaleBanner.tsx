import { CloudOff, WifiOff } from "lucide-react";
import { Banner } from "../components/Banner";
import { useFreshness } from "../lib/freshness";
import { clockTime } from "../lib/time";
import styles from "./Shell.module.css";

/** Everything stays readable; nothing can be changed until what is shown is live again and the API is there. */
export function StaleBanner() {
  const { state, as_of, message, api_problem } = useFreshness();
  // Before the first read there is a message only once it was tried in vain.
  if (state === "stale" || (state === "connecting" && message !== null)) {
    return (
      <div className={styles.notice}>
        <Banner tone="danger" icon={WifiOff}>
          <strong>{as_of === null ? "Nothing could be read yet." : `What you see is from ${clockTime(as_of)}.`}</strong> {message} Changes are blocked until it is
          live again; it recovers by itself.
        </Banner>
      </div>
    );
  }
  if (state !== "live" || api_problem === null) return null;
  return (
    <div className={styles.notice}>
      <Banner tone="warning" icon={CloudOff}>
        <strong>Nothing can be changed now.</strong> {api_problem} What you see stays live, and customers’ jobs go on; it recovers by itself.
      </Banner>
    </div>
  );
}
