import { WifiOff } from "lucide-react";
import { Banner } from "../components/Banner";
import { useFreshness } from "../lib/freshness";
import { clockTime } from "../lib/time";
import styles from "./Shell.module.css";

/** Everything stays readable; nothing can be changed until it is live again. */
export function StaleBanner() {
  const { state, as_of, message } = useFreshness();
  if (state !== "stale") return null;
  return (
    <div className={styles.notice}>
      <Banner tone="danger" icon={WifiOff}>
        <strong>{as_of === null ? "Nothing could be read yet." : `What you see is from ${clockTime(as_of)}.`}</strong> {message} Changes are blocked until it is
        live again; it recovers by itself.
      </Banner>
    </div>
  );
}
