import { Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import type { BulkAction, MakeBulkPlan } from "../../generated/commands";
import { plural } from "../../lib/numbers";
import { useChangeBlock } from "../../lib/session";
import { toast } from "../../lib/toasts";
import styles from "./Bulk.module.css";
import { MakePlanDialog } from "./MakePlanDialog";
import { ACTIONS } from "./bulk-words";

/** The API takes so many by name; more are chosen by the filter. */
const IDS_MAX = 1_000;

type BulkSelectionProps = {
  what: "job" | "user" | "case";
  ids: ReadonlySet<string>;
  /** Everything that the list's filter lets through, and what it is called: on the button that chooses it, and once it is chosen. `null`: no filter tells what is selected. */
  all: { filter: Pick<MakeBulkPlan, "jobs" | "users" | "cases">; button: string; chosen: string } | null;
  onPlanned: (planId: string) => void;
  onClear: () => void;
};

/** What can be done with rows that are selected, or with all that match. It only plans: nothing is changed from here. */
export function BulkSelection({ what, ids, all, onPlanned, onClear }: BulkSelectionProps) {
  // Everything was wanted while these were ticked: whoever changes the ticks means the ticks.
  const ticked = [...ids].sort().join(" ");
  const [wantedOver, setWantedOver] = useState<string | null>(null);
  const [action, setAction] = useState<BulkAction | null>(null);
  const block = useChangeBlock("bulk.run");
  const everything = wantedOver === ticked ? all : null;
  const tooMany = everything === null && ids.size > IDS_MAX ? `At most ${IDS_MAX} can be chosen one by one. Choose all that match instead.` : null;
  const copy = () => void navigator.clipboard.writeText([...ids].join("\n")).then(() => toast(`Copied ${plural(ids.size, "id")}.`));
  const actions = (Object.keys(ACTIONS) as BulkAction[]).filter((each) => ACTIONS[each].what === what);
  const chosen = everything?.chosen ?? `${plural(ids.size, what)} selected`;
  return (
    <div className={styles.bar} role="group" aria-label="Selection">
      <span role="status">{chosen}</span>
      {all === null ? null : (
        <Button size="small" tone="quiet" onPress={() => setWantedOver(everything ? null : ticked)}>
          {everything ? `Only the ${ids.size} ticked` : all.button}
        </Button>
      )}
      {actions.map((each) => (
        <Button key={each} size="small" onPress={() => setAction(each)} blocked={block ?? tooMany}>
          {ACTIONS[each].verb}
        </Button>
      ))}
      {everything !== null ? null : (
        <Button size="small" tone="quiet" icon={Copy} onPress={copy}>
          Copy ids
        </Button>
      )}
      <Button size="small" tone="quiet" onPress={onClear}>
        Clear
      </Button>
      {action === null ? null : (
        <MakePlanDialog
          action={action}
          chosen={chosen}
          choice={everything ? { ids: null, ...everything.filter } : { ids: [...ids], jobs: null, users: null, cases: null }}
          onPlanned={(planId) => {
            setAction(null);
            onClear();
            onPlanned(planId);
          }}
          onClose={() => setAction(null)}
        />
      )}
    </div>
  );
}
