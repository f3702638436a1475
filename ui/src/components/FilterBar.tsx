import { ListFilter, X } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { type FilterField, type FilterTerm, complete, completions, formatFilter, parseFilter } from "../lib/filter-grammar";
import { FilterChip } from "./FilterChip";
import styles from "./SearchField.module.css";

type FilterBarProps = {
  label: string;
  placeholder: string;
  fields: readonly FilterField[];
  /** The filter as text; the same stands in the URL. */
  value: string;
  onChange: (value: string) => void;
};

/** A filter as tokens `field:value`, with completion. What is typed becomes a token by Enter, or by choosing. */
export function FilterBar({ label, placeholder, fields, value, onChange }: FilterBarProps) {
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState("");
  const [focused, setFocused] = useState(false);
  const [closed, setClosed] = useState(false);
  const [at, setAt] = useState(-1);
  const { terms, problems } = parseFilter(value, fields);
  const typed = parseFilter(draft, fields);
  const options = focused && !closed ? completions(draft, draft.length, fields) : [];
  const problem = problems[0] ?? (draft.endsWith(" ") ? typed.problems[0] : undefined);

  const setTerms = (next: readonly FilterTerm[]) => onChange(formatFilter(next, fields));
  const commit = (text: string) => {
    const parsed = parseFilter(text, fields);
    if (parsed.problems.length > 0) {
      setDraft(`${text.trimEnd()} `);
      return;
    }
    if (parsed.terms.length > 0) setTerms([...terms, ...parsed.terms]);
    setDraft("");
  };
  const choose = (index: number) => {
    const option = options[index];
    if (option === undefined) return;
    const next = complete(draft, draft.length, option.insert).text;
    setAt(-1);
    if (next.endsWith(" ")) commit(next);
    else setDraft(next);
    input.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" && options.length > 0) setAt((at + 1) % options.length);
    else if (event.key === "ArrowUp" && options.length > 0) setAt((at <= 0 ? options.length : at) - 1);
    else if (event.key === "Tab" && draft !== "" && options.length > 0 && !event.shiftKey) choose(Math.max(0, at));
    else if (event.key === "Enter" && at >= 0) choose(at);
    else if (event.key === "Enter") {
      commit(draft);
      // What was found lies under the list of suggestions.
      setClosed(true);
    }
    else if (event.key === "Backspace" && draft === "" && terms.length > 0) {
      const last = terms.at(-1);
      setTerms(terms.slice(0, -1));
      setDraft(last === undefined ? "" : formatFilter([last], fields));
    } else if (event.key === "Escape" && (draft !== "" || options.length > 0)) {
      setDraft("");
      setClosed(true);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={styles.bar}>
      <ListFilter size={14} aria-hidden className={styles.icon} />
      {terms.map((term, index) => (
        <FilterChip key={`${term.field}:${term.value}`} term={term} onRemove={() => setTerms(terms.filter((_, each) => each !== index))} />
      ))}
      <input
        ref={input}
        data-search
        role="combobox"
        aria-label={label}
        aria-expanded={options.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${listId}-${at}` : undefined}
        aria-invalid={problem ? true : undefined}
        placeholder={terms.length === 0 ? placeholder : ""}
        value={draft}
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        className={styles.input}
        onChange={(event) => [setDraft(event.target.value), setClosed(false), setAt(-1)]}
        onFocus={() => [setFocused(true), setClosed(false)]}
        onBlur={() => [setFocused(false), commit(draft)]}
        onKeyDown={onKeyDown}
      />
      {terms.length > 0 || draft !== "" ? (
        <button type="button" className={styles.clear} aria-label="Clear filter" onClick={() => [setDraft(""), onChange("")]}>
          <X size={13} aria-hidden />
        </button>
      ) : null}
      {problem ? (
        <p className={styles.problem} role="alert">
          {problem.message}
        </p>
      ) : null}
      <ul id={listId} role="listbox" aria-label={`${label}: suggestions`} hidden={options.length === 0} className={styles.list}>
        {options.map((option, index) => (
          <li
            key={option.label}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            className={styles.option}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(index)}
          >
            <span>{option.label}</span>
            <span className={styles.optionHint}>{option.hint}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
