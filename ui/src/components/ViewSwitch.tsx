import styles from "./ViewSwitch.module.css";

type View = { words: string; pressed: boolean; onPress: () => void };

/** Filters that are asked for often, by one press each. */
export function ViewSwitch({ label, views }: { label: string; views: readonly View[] }) {
  return (
    <div className={styles.views} role="group" aria-label={label}>
      {views.map(({ words, pressed, onPress }) => (
        <button key={words} type="button" className={styles.view} aria-pressed={pressed} onClick={onPress}>
          {words}
        </button>
      ))}
    </div>
  );
}
