import { KeyRound } from "lucide-react";
import { useState } from "react";
import { Banner } from "../components/Banner";
import { Button } from "../components/Button";
import type { KeychainState } from "../generated/commands";
import { useSession } from "../lib/session";
import styles from "./Shell.module.css";

const WHY: Record<Exclude<KeychainState, "ready">, string> = {
  locked: "The keychain is locked. Unlock it,",
  absent: "No keychain service answers any more. Start it,",
  denied: "The keychain’s question was dismissed. Unlock it,",
  failing: "The keychain did not take your sign-in: it or its disk may be full. Make room,",
};

/** The sign-in was to be kept, and is not. Whoever asked for this session only knows it. */
export function UnkeptBanner() {
  const { keychain, session_only } = useSession();
  const [read, setRead] = useState(false);
  if (!session_only || keychain === "ready" || read) return null;
  return (
    <div className={styles.notice}>
      <Banner
        tone="warning"
        icon={KeyRound}
        action={
          <Button size="small" onPress={() => setRead(true)}>
            Understood
          </Button>
        }
      >
        <strong>You are signed in for this session only.</strong> {WHY[keychain]} and it is kept the next time it is renewed; else the window asks for your
        password when it is opened again.
      </Banner>
    </div>
  );
}
