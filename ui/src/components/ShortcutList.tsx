import { SHORTCUTS } from "../lib/shortcuts";
import { Kbd } from "./Kbd";
import styles from "./ShortcutList.module.css";

export function ShortcutList() {
  return (
    <div className={styles.groups}>
      {SHORTCUTS.map((group) => (
        <section key={group.group} aria-label={group.group}>
          <h3>{group.group}</h3>
          <dl className={styles.list}>
            {group.keys.map((each) => (
              <div key={each.keys} className={styles.line}>
                <dt>{each.words}</dt>
                <dd>
                  <Kbd keys={each.keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
