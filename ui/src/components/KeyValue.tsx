import type { ReactNode } from "react";
import styles from "./KeyValue.module.css";

export type KeyValueItem = { key: string; value: ReactNode };

/** Facts, one a line. */
export function KeyValue({ items }: { items: readonly KeyValueItem[] }) {
  return (
    <dl className={styles.list}>
      {items.map((item) => (
        <div key={item.key} className={styles.item}>
          <dt>{item.key}</dt>
          <dd>{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
