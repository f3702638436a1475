import { Bell } from "lucide-react";
import { Button } from "../../components/Button";
import { Segmented } from "../../components/Segmented";
import { useIpc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { toast } from "../../lib/toasts";
import styles from "./Settings.module.css";
import { useChangePreferences } from "../../ipc/use-change-preferences";

const OFF_OR_ON = [
  { value: "off", label: "Off" },
  { value: "on", label: "On" },
] as const;

/** What is told by notifications of the desktop. */
export function NotificationSettings() {
  const { commands } = useIpc();
  const { preferences, change } = useChangePreferences();
  const tryOne = () => {
    read(commands.tryNotification()).catch((error: unknown) => toast(error instanceof Error ? error.message : String(error)));
  };
  return (
    <div className={styles.row}>
      <Segmented
        label="New contradictions and approvals"
        value={preferences.notify_contradictions ? "on" : "off"}
        options={OFF_OR_ON}
        onChange={(value) => change({ notify_contradictions: value === "on" })}
      />
      <Button icon={Bell} onPress={tryOne}>
        Show one to try
      </Button>
    </div>
  );
}
