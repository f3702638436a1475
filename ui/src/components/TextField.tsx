import { type ReactNode, type Ref, useId } from "react";
import styles from "./Field.module.css";

type TextFieldProps = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "email" | "password" | "url" | "datetime-local";
  lines?: number;
  placeholder?: string;
  hint?: ReactNode;
  error?: string | null;
  maxLength?: number;
  autoComplete?: string;
  autoFocus?: boolean;
  ref?: Ref<HTMLInputElement & HTMLTextAreaElement>;
};

/** A labelled field; what is wrong with it stands under it. */
export function TextField({ label, value, onChange, type = "text", lines = 1, hint, error = null, autoFocus = false, ...rest }: TextFieldProps) {
  const id = useId();
  const below = error ?? hint;
  const shared = {
    ...rest,
    id,
    value,
    className: styles.input,
    "aria-invalid": error === null ? undefined : true,
    "aria-describedby": below ? `${id}-below` : undefined,
    autoFocus,
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {lines > 1 ? (
        <textarea {...shared} rows={lines} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <input {...shared} type={type} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
      )}
      {below ? (
        <p id={`${id}-below`} className={error === null ? styles.hint : styles.error}>
          {below}
        </p>
      ) : null}
    </div>
  );
}
