import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Reauthenticate } from "../../components/Reauthenticate";
import { VisibleText } from "../../components/VisibleText";
import type { Command } from "../../lib/command-phase";
import { useWhere } from "../../lib/session";

type ReasonDialogProps<T> = {
  title: string;
  button: string;
  note: ReactNode;
  tone?: "primary" | "danger";
  /** There is no way back: the button says so. */
  final?: boolean;
  /** Why it cannot be pressed yet. */
  blocked: string | null;
  command: Command<string, T>;
  onPress: () => void;
  onClose: () => void;
  children: ReactNode;
};

/** One question before something is sent: what follows, the fields, and a button that says where. */
export function ReasonDialog<T>({ title, button, note, tone = "primary", final = false, blocked, command, onPress, onClose, children }: ReasonDialogProps<T>) {
  const where = useWhere();
  const { phase } = command;
  const sending = phase.name === "sending";
  const again = phase.name === "refused" && phase.error.type === "reauthenticate";
  const off = again ? "Give your password first." : blocked;
  const press = () => {
    if (off === null) onPress();
  };
  return (
    <Dialog
      title={title}
      open
      alert={tone === "danger"}
      onClose={onClose}
      dismissable={!sending}
      footer={
        <>
          <Button onPress={onClose} blocked={sending ? "It is being sent." : null}>
            Cancel
          </Button>
          <Button tone={tone} onPress={press} busy={sending} blocked={off}>
            {sending ? "Sending…" : `${button}${where === null ? "" : ` ${where}`}${final ? ": cannot be undone" : ""}`}
          </Button>
        </>
      }
    >
      <p>{note}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          press();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) press();
        }}
      >
        {children}
      </form>
      {again ? <Reauthenticate send={command.reauthenticate} /> : null}
      {phase.name === "refused" && !again ? (
        <Banner tone="danger" icon={TriangleAlert}>
          Not done. <VisibleText text={phase.error.message} max={500} />
        </Banner>
      ) : null}
    </Dialog>
  );
}
