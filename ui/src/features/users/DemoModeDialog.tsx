import { ConfirmDialog } from "../../components/ConfirmDialog";
import type { DemoModeAction, JobDetail, UserView } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import type { Answer } from "../../lib/failure";
import { useChangeBlock, useWhere } from "../../lib/session";
import { demoModeMark } from "../../lib/states/demo-mode";
import { type DemoDialogProps, JobToCome, Subject, becomes, expectedWords, findOffer } from "./DemoDialogParts";
import { expectedFor, userChanges } from "./demo-facts";
import { useDemoCommand } from "./use-demo-command";

type PlainAction = Exclude<DemoModeAction, "enable">;

const WORDS: Record<PlainAction, { title: string; confirm: string; tone: "primary" | "danger"; reasons: readonly string[] }> = {
  disable: { title: "Disable demo mode", confirm: "Disable", tone: "danger", reasons: ["Customer asked for it", "The demo is over"] },
  cancel: { title: "Cancel the operation in progress", confirm: "Cancel operation", tone: "danger", reasons: ["Customer asked for it", "Asked for by mistake"] },
  retry: { title: "Retry the failed operation", confirm: "Retry", tone: "primary", reasons: ["The cause is mended", "Customer asked for it"] },
  dismiss: { title: "Dismiss the failure", confirm: "Dismiss", tone: "primary", reasons: ["Customer was told", "No longer wanted"] },
};

/** Disable, cancel, retry or dismiss: what follows, and why; then how it goes. */
export function DemoModeDialog({ action, seen, current, onLookAgain, onClose }: DemoDialogProps & { action: PlainAction }) {
  const { commands } = useIpc();
  const { user, demo } = seen;
  const words = WORDS[action];
  const offer = findOffer(seen, action);
  const { command, observed } = useDemoCommand<UserView | JobDetail>({
    action,
    title: `${words.confirm}: demo mode of ${user.email}`,
    seen,
    current,
    send: async (intent, reason): Promise<Answer<UserView | JobDetail>> => {
      const target = { id: user.id, version: user.version, ...intent };
      if (action === "disable") return commands.disableDemoMode(target, { reason });
      if (action === "cancel") return commands.cancelDemoMode(target, { reason });
      if (action === "dismiss") return commands.dismissDemoMode(target, { reason });
      if (demo.job === null) return { status: "error", error: { type: "not_found", message: "The failed job is no longer kept." } };
      // It is the job that runs again: the command is bound to its version.
      return commands.retryJob({ id: demo.job.id, version: demo.job.version, ...intent }, { reason });
    },
    answered: (data) => ("user" in data ? data : null),
  });
  const moved = current.user.version !== user.version || (action === "retry" && current.demo.job?.version !== demo.job?.version);
  return (
    <ConfirmDialog
      title={words.title}
      onClose={onClose}
      subject={<Subject seen={seen} />}
      now={demoModeMark(demo.status)}
      next={becomes(offer)}
      note={offer?.preview?.note ?? offer?.refusal ?? ""}
      expected={expectedWords(expectedFor(action, demo))}
      confirm={words.confirm}
      tone={words.tone}
      where={useWhere()}
      reasons={words.reasons}
      blocked={useChangeBlock("demo_mode.change")}
      drift={moved ? { words: userChanges(seen, current), onLookAgain } : null}
      command={command}
      observed={observed}
      direct={action === "dismiss"}
    >
      <JobToCome offer={offer} />
    </ConfirmDialog>
  );
}
