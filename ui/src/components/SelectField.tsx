import { useId } from "react";
import styles from "./Field.module.css";

export type SelectOption = { value: string; label: string };

/** One of a few. The platform's own list: it reads well everywhere and needs no script. */
export function SelectField({ label, value, options, onChange }: { label: string; value: string; options: readonly SelectOption[]; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <select id={id} value={value} className={styles.input} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
