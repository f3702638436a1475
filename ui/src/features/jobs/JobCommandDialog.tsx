import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { TextField } from "../../components/TextField";
import { VisibleText } from "../../components/VisibleText";
import type { JobAction, JobDetail } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { keys } from "../../lib/query-keys";
import { useChangeBlock, useWhere } from "../../lib/session";
import { jobMark, jobTypeWords } from "../../lib/states/job";
import { serverNow } from "../../lib/clock";
import { duration } from "../../lib/time";
import { nextMark, observeJob } from "./job-observe";

type JobCommandDialogProps = {
  action: JobAction;
  /** The job as it was when the dialog opened: the command is bound to this. */
  seen: JobDetail;
  current: JobDetail;
  onLookAgain: () => void;
  onClose: () => void;
};

const WORDS: Record<JobAction, { title: string; confirm: string; reasons: readonly string[] }> = {
  cancel: { title: "Cancel this job", confirm: "Cancel job", reasons: ["Customer asked for it", "Asked for by mistake"] },
  retry: { title: "Retry this job", confirm: "Retry", reasons: ["The cause is mended", "Customer asked for it"] },
  reschedule: { title: "Move this job to another time", confirm: "Reschedule", reasons: ["Customer asked for it"] },
};

export function JobCommandDialog({ action, seen, current, onLookAgain, onClose }: JobCommandDialogProps) {
  const ipc = useIpc();
  const client = useQueryClient();
  const blocked = useChangeBlock(`job.${action}`);
  const where = useWhere();
  const [time, setTime] = useState("");
  const { job } = seen;
  const offer = seen.offers.find((each) => each.action === action);
  const command = useCommand<string, JobDetail>({
    title: `${WORDS[action].confirm}: ${jobTypeWords(job.job_type)} for ${job.user_email ?? "the system"}`,
    send: (intent, reason) => {
      const target = { id: job.id, version: job.version, ...intent };
      if (action === "cancel") return ipc.commands.cancelJob(target, { reason });
      if (action === "retry") return ipc.commands.retryJob(target, { reason });
      return ipc.commands.rescheduleJob(target, { reason, run_at: new Date(time).toISOString() });
    },
    onAccepted: (detail) => client.setQueryData(keys.job(job.id), detail),
  });
  const moved = current.job.version !== job.version;
  return (
    <ConfirmDialog
      title={WORDS[action].title}
      onClose={onClose}
      subject={
        <>
          {jobTypeWords(job.job_type)} for <strong>{job.user_email === null ? "the system" : <VisibleText text={job.user_email} max={160} />}</strong>
        </>
      }
      now={jobMark(job, serverNow())}
      next={nextMark(action, job, offer?.preview?.becomes)}
      note={offer?.preview?.note ?? offer?.refusal ?? ""}
      expected={action === "retry" && seen.expected ? `usually ${duration(seen.expected.p50_s)}` : null}
      incomplete={action === "reschedule" && time === "" ? "Choose the new time." : null}
      confirm={WORDS[action].confirm}
      tone={action === "cancel" ? "danger" : "primary"}
      where={where}
      reasons={WORDS[action].reasons}
      blocked={blocked}
      drift={moved ? { words: `The job has changed since you opened this: it is now ${current.job.status}.`, onLookAgain } : null}
      command={command}
      observed={command.phase.name === "accepted" ? observeJob(action, command.phase.data.job, current.job) : null}
    >
      {action === "reschedule" ? <TextField label="New time, in this machine’s time zone" type="datetime-local" value={time} onChange={setTime} /> : null}
    </ConfirmDialog>
  );
}
