import { LogOut, Search, UserRound } from "lucide-react";
import { Kbd } from "../components/Kbd";
import { Menu } from "../components/Menu";
import { MOD } from "../lib/platform";
import { useSession } from "../lib/session";
import { environmentMark } from "../lib/states/environment";
import { FreshnessMark } from "./FreshnessMark";
import { visibleText } from "../lib/visible-text";
import { ProductionLock } from "./ProductionLock";
import styles from "./Shell.module.css";
import { useSignOut } from "./use-session-actions";

export function TopBar({ onPalette, onUnlock }: { onPalette: () => void; onUnlock: () => void }) {
  const session = useSession();
  const signOut = useSignOut();
  const mark = session.environment ? environmentMark(session.environment.kind) : null;
  const name = session.environment?.name ?? "";
  return (
    <header className={styles.bar}>
      {mark ? (
        <span className={styles.env} title={visibleText(`${name}\n${session.environment?.api_url ?? ""}`, 400)}>
          <mark.icon size={14} aria-hidden />
          <span>{mark.word}</span>
          {name.toLowerCase() === mark.word.toLowerCase() ? null : <span className={styles.envName}>{name}</span>}
        </span>
      ) : null}
      <ProductionLock onUnlock={onUnlock} />
      <button type="button" className={styles.finder} onClick={onPalette} aria-keyshortcuts="Control+K Meta+K">
        <Search size={14} aria-hidden />
        <span className={styles.finderWords}>Find a user, a job, an action…</span>
        <Kbd keys={`${MOD} K`} />
      </button>
      <FreshnessMark />
      <Menu
        label={`Signed in as ${visibleText(session.staff?.email ?? "nobody", 255)}`}
        icon={UserRound}
        entries={[
          { id: "who", label: visibleText(`${session.staff?.name ?? ""} · ${session.staff?.role ?? ""}`, 120), onPress: () => undefined },
          "line",
          { id: "out", label: "Sign out", icon: LogOut, onPress: signOut },
        ]}
      />
    </header>
  );
}
