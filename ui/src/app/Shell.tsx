import { Outlet, useLocation, useRouterState } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Toasts } from "../components/Toasts";
import { useAnnouncement } from "../lib/announcer";
import { useSession } from "../lib/session";
import { environmentWords } from "../lib/states/environment";
import { Palette } from "./Palette";
import { PendingCommands } from "./PendingCommands";
import { Rail } from "./Rail";
import styles from "./Shell.module.css";
import { ShortcutHelp } from "./ShortcutHelp";
import { StaleBanner } from "./StaleBanner";
import { TopBar } from "./TopBar";
import { UnkeptBanner } from "./UnkeptBanner";
import { UnlockDialog } from "./UnlockDialog";
import { PLACES } from "./places";
import { useShortcuts } from "./use-shortcuts";

/** What stands around every page. */
export function Shell() {
  const session = useSession();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [unlocking, setUnlocking] = useState(false);
  const announcement = useAnnouncement();
  const path = useLocation({ select: (location) => location.pathname });
  const reading = useRouterState({ select: (state) => state.isLoading });
  const kind = session.environment?.kind ?? "local";

  useShortcuts({ onPalette: () => setPalette((open) => !open), onHelp: () => setHelp((open) => !open) });

  useEffect(() => {
    const place = PLACES.find(({ to }) => (to === "/" ? path === "/" : path.startsWith(to)));
    document.title = [place?.words, session.environment === null ? null : environmentWords(session.environment), "Repruv Ops"].filter(Boolean).join(" · ");
  }, [path, session.environment]);

  return (
    <div className={styles.shell} data-kind={kind}>
      <a className={styles.skip} href="#main" onClick={(event) => [event.preventDefault(), document.getElementById("main")?.focus()]}>
        Skip to the page
      </a>
      <Rail />
      <div className={styles.side}>
        <TopBar onPalette={() => setPalette(true)} onUnlock={() => setUnlocking(true)} />
        <div className={styles.reading} data-on={reading || undefined} />
        <StaleBanner />
        <UnkeptBanner />
        <PendingCommands />
        <main id="main" tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
      <Palette open={palette} onClose={() => setPalette(false)} onHelp={() => setHelp(true)} onUnlock={() => setUnlocking(true)} />
      {unlocking ? <UnlockDialog onClose={() => setUnlocking(false)} /> : null}
      <ShortcutHelp open={help} onClose={() => setHelp(false)} />
      <Toasts />
      <div className="sr-only" aria-live="polite">
        {announcement}
      </div>
    </div>
  );
}
