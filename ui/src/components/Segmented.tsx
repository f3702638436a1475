import { useId } from "react";
import styles from "./Field.module.css";

/** One of two to five, all in sight. */
export function Segmented<T extends string>({ label, value, options, onChange, hideLabel = false }: { label: string; value: T; options: readonly { value: T; label: string }[]; onChange: (value: T) => void; hideLabel?: boolean }) {
  const name = useId();
  return (
    <fieldset className={styles.field}>
      <legend className={hideLabel ? "sr-only" : styles.label}>{label}</legend>
      <div className={styles.segments}>
        {options.map((option) => (
          <label key={option.value} className={styles.segment}>
            <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
