import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { announceNow } from "../lib/announcer";
import { shortId } from "../lib/ids";
import { visibleText } from "../lib/visible-text";
import styles from "./CopyId.module.css";

/** An id: shown short, copied whole. */
export function CopyId({ id, what = "id", whole = false }: { id: string; what?: string; whole?: boolean }) {
  const [copied, setCopied] = useState(false);
  // Ids from elsewhere are text like any other; what is copied is as it is stored.
  const shown = visibleText(id, 300);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className={styles.id}
      title={shown}
      aria-label={`Copy ${what} ${whole ? shown : `${shortId(shown)} (${shown})`}`}
      onClick={(event) => {
        event.stopPropagation();
        void navigator.clipboard.writeText(id).then(() => {
          setCopied(true);
          announceNow(`Copied ${what}`);
        });
      }}
    >
      <span>{whole ? shown : shortId(shown)}</span>
      {copied ? <Check size={12} aria-hidden /> : <Copy size={12} aria-hidden className={styles.icon} />}
    </button>
  );
}
