import { Search, X } from "lucide-react";
import { useEffect, useState } from "react";
import { enterTable } from "../lib/enter-table";
import styles from "./SearchField.module.css";

const PAUSE_MS = 180;

type SearchFieldProps = {
  label: string;
  placeholder: string;
  value: string;
  /** Called when typing pauses. */
  onSearch: (text: string) => void;
};

/** Free text. The key `/` comes here, the arrow down goes on to the table. */
export function SearchField({ label, placeholder, value, onSearch }: SearchFieldProps) {
  const [draft, setDraft] = useState(value);
  const [from, setFrom] = useState(value);
  const [sent, setSent] = useState(value);
  if (value !== from) {
    setFrom(value);
    // What comes back is what was sent a moment ago: it must not undo what was typed since.
    if (value !== sent) {
      setDraft(value);
      setSent(value);
    }
  }
  const send = (text: string) => {
    setSent(text);
    onSearch(text);
  };
  useEffect(() => {
    if (draft === value) return undefined;
    const timer = setTimeout(() => {
      setSent(draft);
      onSearch(draft);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, value, onSearch]);
  return (
    <div className={styles.bar}>
      <Search size={14} aria-hidden className={styles.icon} />
      <input
        type="text"
        data-search
        aria-label={label}
        placeholder={placeholder}
        value={draft}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        className={styles.input}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") send(draft);
          if (event.key === "ArrowDown") {
            enterTable();
            event.preventDefault();
          }
          if (event.key === "Escape" && draft !== "") {
            setDraft("");
            send("");
            event.stopPropagation();
          }
        }}
      />
      {draft === "" ? null : (
        <button type="button" className={styles.clear} aria-label="Clear search" onClick={() => [setDraft(""), send("")]}>
          <X size={13} aria-hidden />
        </button>
      )}
    </div>
  );
}
