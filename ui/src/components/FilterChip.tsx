import { X } from "lucide-react";
import type { FilterTerm } from "../lib/filter-grammar";
import { visibleText } from "../lib/visible-text";
import styles from "./SearchField.module.css";

export function FilterChip({ term, onRemove }: { term: FilterTerm; onRemove: () => void }) {
  const value = visibleText(term.value, 80);
  return (
    <span className={styles.chip}>
      {term.field === null ? null : <span className={styles.chipField}>{term.field}</span>}
      <span className={styles.chipValue}>{value}</span>
      <button type="button" className={styles.clear} aria-label={`Remove ${term.field ?? "text"} ${value}`} onClick={onRemove}>
        <X size={12} aria-hidden />
      </button>
    </span>
  );
}
