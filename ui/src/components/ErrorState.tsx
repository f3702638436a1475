import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { failureWords, toIpcError } from "../lib/failure";
import { Button } from "./Button";
import { CopyId } from "./CopyId";
import { VisibleText } from "./VisibleText";
import styles from "./Notice.module.css";

/** Something failed: what happened, what it means, what to do. */
export function ErrorState({ error, onRetry, action }: { error: unknown; onRetry?: () => void; action?: ReactNode }) {
  const words = failureWords(toIpcError(error));
  return (
    <div className={styles.notice} role="alert">
      <CircleAlert size={20} strokeWidth={1.75} aria-hidden className={styles.bad} />
      <p className={styles.title}>
        <VisibleText text={words.happened} max={400} />
      </p>
      <p className={styles.words}>
        {words.means} {words.todo}
      </p>
      <div className={styles.actions}>
        {onRetry ? <Button onPress={onRetry}>Try again</Button> : null}
        {action}
        {words.reference !== null ? <CopyId id={words.reference} what="reference" /> : null}
      </div>
    </div>
  );
}
