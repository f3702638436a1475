import { useQuery } from "@tanstack/react-query";
import { PencilLine } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorState } from "../../components/ErrorState";
import { Reading } from "../../components/Reading";
import { RelativeTime } from "../../components/RelativeTime";
import { VisibleText } from "../../components/VisibleText";
import type { ErrorWords } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useChangeBlock } from "../../lib/session";
import { ErrorWordsDialog } from "./ErrorWordsDialog";
import styles from "./Settings.module.css";
import { errorWordsOptions } from "./staff-queries";

/** Errors that no rule has words for, those that still need some first. For admins. */
export function ErrorWordsSettings() {
  const words = useQuery(errorWordsOptions(useIpc()));
  const blocked = useChangeBlock("error_words.write");
  const [open, setOpen] = useState<ErrorWords | null>(null);
  if (words.data === undefined) return words.error === null ? <Reading>Reading errors…</Reading> : <ErrorState error={words.error} onRetry={() => void words.refetch()} />;
  const all = words.data;
  if (all.length === 0) return <p className={styles.words}>None. An error that ends a job for good, and that nobody has explained yet, will stand here within minutes.</p>;
  return (
    <>
      <ul className={styles.environments} aria-label="Errors and their words">
        {all.map((each) => (
          <li key={each.fingerprint} className={styles.environment}>
            <div className={styles.who}>
              <p className={styles.name}>{each.title === null ? "Needs words" : <VisibleText text={each.title} max={120} />}</p>
              <p className={styles.words}>
                <VisibleText text={each.sample} max={300} />
              </p>
              <p className={styles.words}>
                {each.seen}× · last <RelativeTime at={each.last_seen_at} />
              </p>
            </div>
            <Button size="small" icon={PencilLine} blocked={blocked} onPress={() => setOpen(each)}>
              {each.title === null ? "Write words…" : "Change…"}
            </Button>
          </li>
        ))}
      </ul>
      {open === null ? null : <ErrorWordsDialog key={open.fingerprint} seen={open} onClose={() => setOpen(null)} />}
    </>
  );
}
