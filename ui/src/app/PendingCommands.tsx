import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleHelp } from "lucide-react";
import { Banner } from "../components/Banner";
import { Button } from "../components/Button";
import type { PendingCommand } from "../generated/commands";
import { useIpc } from "../ipc/ipc";
import { read } from "../lib/failure";
import { keys } from "../lib/query-keys";
import { toast } from "../lib/toasts";
import styles from "./Shell.module.css";

const EVERY_MS = 15_000;

/** Commands whose answer was lost, also in an earlier life of this window. A person decides when to find out. */
export function PendingCommands() {
  const ipc = useIpc();
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: keys.pending, queryFn: () => read(ipc.commands.pendingCommands()), refetchInterval: EVERY_MS });
  const find = useMutation({
    mutationFn: (command: PendingCommand) => read(ipc.commands.resolveCommand(command.command_id)),
    onSuccess: (holds, command) => toast(holds ? `It happened: ${command.title}` : `It did not happen: ${command.title}`),
    onError: (error) => toast(`Still not known: ${error.message}`),
    onSettled: () => client.invalidateQueries(),
  });
  if (!data || data.length === 0) return null;
  return (
    <div className={styles.notice}>
      {data.slice(0, 3).map((command) => (
        <Banner
          key={command.command_id}
          tone="warning"
          icon={CircleHelp}
          action={
            <Button size="small" busy={find.isPending} onPress={() => find.mutate(command)}>
              Find out
            </Button>
          }
        >
          It is not known whether this happened: <strong>{command.title}</strong>. Finding out cannot make it happen twice.
        </Banner>
      ))}
    </div>
  );
}
