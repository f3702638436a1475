import { visibleParts } from "../lib/visible-text";
import styles from "./VisibleText.module.css";

/** Text from outside. Characters that would hide or reorder something stand as marks. */
export function VisibleText({ text, max = 2_000 }: { text: string; max?: number }) {
  let at = 0;
  return (
    <bdi>
      {visibleParts(text, max).map((part) => {
        at += part.text.length;
        return part.hidden ? (
          <span key={at} className={styles.mark}>
            {part.text}
          </span>
        ) : (
          part.text
        );
      })}
    </bdi>
  );
}
