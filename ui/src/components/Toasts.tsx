import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { dismissToast, toasts, watchToasts } from "../lib/toasts";
import { IconButton } from "./Button";
import styles from "./Toasts.module.css";
import { VisibleText } from "./VisibleText";

/** Short news that need no answer. What needs one is a dialog or a banner. */
export function Toasts() {
  const list = useSyncExternalStore(watchToasts, toasts);
  return (
    <div className={styles.toasts} role="status">
      {list.map((toast) => (
        <div key={toast.id} className={styles.toast}>
          <span className={styles.words}><VisibleText text={toast.words} max={500} /></span>
          <IconButton icon={X} label="Dismiss" onPress={() => dismissToast(toast.id)} />
        </div>
      ))}
    </div>
  );
}
