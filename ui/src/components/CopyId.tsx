import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { announceNow } from "../lib/announcer";
import { shortId } from "../lib/ids";
import styles from "./CopyId.module.css";

/** An id: shown short, copied whole. */
export function CopyId({ id, what = "id", whole = false }: { id: string; what?: string; whole?: boolean }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className={styles.id}
      title={id}
      aria-label={`Copy ${what} ${whole ? id : `${shortId(id)} (${id})`}`}
      onClick={(event) => {
        event.stopPropagation();
        void navigator.clipboard.writeText(id).then(() => {
          setCopied(true);
          announceNow(`Copied ${what}`);
        });
      }}
    >
      <span>{whole ? id : shortId(id)}</span>
      {copied ? <Check size={12} aria-hidden /> : <Copy size={12} aria-hidden className={styles.icon} />}
    </button>
  );
}
