import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleCheck, CircleHelp, CircleX } from "lucide-react";
import { Banner } from "../components/Banner";
import { Button } from "../components/Button";
import { VisibleText } from "../components/VisibleText";
import type { PendingCommand, SettledCommand } from "../generated/commands";
import { useIpc } from "../ipc/ipc";
import { read } from "../lib/failure";
import { keys } from "../lib/query-keys";
import { OUTCOME, dismissSettled, useSettled } from "../lib/settled";
import { toast } from "../lib/toasts";
import styles from "./Shell.module.css";

const EVERY_MS = 15_000;
const SHOWN_MAX = 3;

/** Commands whose answer was lost, also in an earlier life of this window, and what became of them. */
export function PendingCommands() {
  const ipc = useIpc();
  const { data = [] } = useQuery({ queryKey: keys.pending, queryFn: () => read(ipc.commands.pendingCommands()), refetchInterval: EVERY_MS });
  const settled = useSettled();
  const unknown = data.filter((each) => !settled.some(({ command_id }) => command_id === each.command_id));
  if (unknown.length + settled.length === 0) return null;
  return (
    <div className={styles.notice}>
      {unknown.slice(0, SHOWN_MAX).map((command) => (
        <Unknown key={command.command_id} command={command} />
      ))}
      {settled.map((command) => (
        <Settled key={command.command_id} command={command} />
      ))}
    </div>
  );
}

function Unknown({ command }: { command: PendingCommand }) {
  const ipc = useIpc();
  // What it finds arrives as an event, as it does when the window has asked by itself.
  const ask = useMutation({
    mutationFn: () => read(ipc.commands.resolveCommand(command.command_id)),
    onError: (error) => toast(`Still not known. ${error.message}`),
  });
  return (
    <Banner
      tone="warning"
      icon={CircleHelp}
      action={
        <Button size="small" busy={ask.isPending} onPress={() => ask.mutate()}>
          {ask.isPending ? "Asking…" : "Ask now"}
        </Button>
      }
    >
      It is not known whether this happened: <strong>
        <VisibleText text={command.title} max={200} />
      </strong>. The window keeps asking until it is; it cannot happen twice, or later.
    </Banner>
  );
}

function Settled({ command }: { command: SettledCommand }) {
  const navigate = useNavigate();
  const { command_id, user_id, job_id, outcome, title } = command;
  const done = outcome === "done";
  const show =
    user_id !== null
      ? () => void navigate({ to: "/users/$userId", params: { userId: user_id } })
      : job_id !== null
        ? () => void navigate({ to: "/jobs/$jobId", params: { jobId: job_id } })
        : null;
  return (
    <Banner
      tone={done ? "success" : "warning"}
      icon={done ? CircleCheck : CircleX}
      action={
        <>
          {show === null ? null : (
            <Button size="small" onPress={show}>
              Show
            </Button>
          )}
          <Button size="small" onPress={() => dismissSettled(command_id)}>
            Dismiss
          </Button>
        </>
      }
    >
      {OUTCOME[outcome].words}: <strong>
        <VisibleText text={title} max={200} />
      </strong>. {OUTCOME[outcome].todo}
    </Banner>
  );
}
