import { ClipboardCopy, FolderOpen } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { useIpc } from "../../ipc/ipc";
import { copyLater } from "../../lib/copy";
import { read } from "../../lib/failure";
import { useSession } from "../../lib/session";
import { toast } from "../../lib/toasts";
import styles from "./Settings.module.css";

const KEYCHAIN = {
  ready: "Your sign-in is kept in this machine’s keychain.",
  locked: "The keychain is locked: your sign-in lasts only as long as this window.",
  absent: "This machine has no keychain service: your sign-in lasts only as long as this window.",
  denied: "The keychain refused: your sign-in lasts only as long as this window.",
  failing: "The keychain fails, or is full: your sign-in lasts only as long as this window.",
} as const;
const ASKED = "You asked for this session only: your sign-in lasts only as long as this window.";

export function DiagnosticsSettings() {
  const ipc = useIpc();
  const { version, keychain, session_only } = useSession();
  const [text, setText] = useState<string | null>(null);
  const copy = async () => {
    try {
      const diagnostics = read(ipc.commands.diagnostics());
      await copyLater(diagnostics);
      setText(await diagnostics);
      toast("Copied the diagnostics.");
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <p className={styles.words}>
        Repruv Ops {version}. {session_only && keychain === "ready" ? ASKED : KEYCHAIN[keychain]}
      </p>
      <div className={styles.row}>
        <Button icon={ClipboardCopy} onPress={() => void copy()}>
          Copy diagnostics
        </Button>
        <Button icon={FolderOpen} tone="quiet" onPress={() => void read(ipc.commands.openLogs()).catch((error: Error) => toast(error.message))}>
          Open the log folder
        </Button>
      </div>
      {text === null ? null : (
        <pre className={styles.diagnostics} tabIndex={0}>
          {text}
        </pre>
      )}
    </>
  );
}
