import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import type { DemoPreset } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { serverNow } from "../../lib/clock";
import { nextHour } from "../../lib/schedule";
import { useChangeBlock, useWhere } from "../../lib/session";
import { demoModeMark } from "../../lib/states/demo-mode";
import { useTicked } from "../../lib/ticker";
import { type DemoDialogProps, JobToCome, Subject, becomes, expectedWords, findOffer } from "./DemoDialogParts";
import { EnableFields } from "./EnableFields";
import { userChanges } from "./demo-facts";
import { type EnableForm, emptyForm, enableBody, enableProblem } from "./enable-form";
import { useDemoCommand } from "./use-demo-command";
import { presetsOptions } from "./users-queries";

const NONE: readonly DemoPreset[] = [];

/** Which profile, when, and why; what follows from it; then how it goes. */
export function EnableDemoModeDialog({ seen, current, onLookAgain, onClose }: DemoDialogProps) {
  const ipc = useIpc();
  const { data: presets = NONE, error } = useQuery(presetsOptions(ipc));
  const [at] = useState(() => nextHour(9, serverNow()));
  const [changed, setChanged] = useState<Partial<EnableForm>>({});
  const form = { ...emptyForm(presets, at), ...changed };
  const problem = enableProblem(form, presets, serverNow());
  // A chosen time can become past while the dialog is open.
  useTicked((now_ms) => enableProblem(form, presets, now_ms)?.message ?? null);
  const { user } = seen;
  const { command, observed } = useDemoCommand({
    action: "enable",
    title: `Enable demo mode for ${user.email}`,
    seen,
    current,
    send: (intent, reason) => ipc.commands.enableDemoMode({ id: user.id, version: user.version, ...intent }, enableBody(form, reason, serverNow())),
    answered: (view) => view,
  });
  const offer = findOffer(seen, "enable");
  const later = form.when === "later" ? "From now on demo mode says Enabling; the work starts at the chosen time, and until then Cancel stops it at once. " : "";
  return (
    <ConfirmDialog
      title="Enable demo mode"
      size="wide"
      onClose={onClose}
      subject={<Subject seen={seen} />}
      now={demoModeMark(seen.demo.status)}
      next={becomes(offer)}
      note={`${later}${offer?.preview?.note ?? offer?.refusal ?? ""}`}
      expected={expectedWords(seen.demo.expected_enable)}
      incomplete={presets.length === 0 ? (error === null ? "The presets are being read." : `The presets could not be read: ${error.message}`) : (problem?.message ?? null)}
      confirm={form.when === "later" ? "Schedule" : "Enable"}
      where={useWhere()}
      reasons={["Customer asked for a demo", "Sales call"]}
      blocked={useChangeBlock("demo_mode.change")}
      drift={current.user.version === user.version ? null : { words: userChanges(seen, current), onLookAgain }}
      command={command}
      observed={observed}
    >
      <JobToCome offer={offer} />
      <EnableFields form={form} presets={presets} problem={problem} onChange={(part) => setChanged({ ...changed, ...part })} />
    </ConfirmDialog>
  );
}
