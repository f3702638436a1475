import { Workflow } from "lucide-react";
import { VisibleText } from "../../components/VisibleText";
import type { ActionOffer, DemoModeAction, ExpectedDuration, UserView } from "../../generated/commands";
import { DEMO_MODE_STATUSES, demoModeMark } from "../../lib/states/demo-mode";
import { jobTypeWords } from "../../lib/states/job";
import type { StateMark } from "../../lib/states/state-mark";
import { duration } from "../../lib/time";
import styles from "./Enable.module.css";

export type DemoDialogProps = {
  /** The user as it was when the dialog opened: the command is bound to this. */
  seen: UserView;
  current: UserView;
  onLookAgain: () => void;
  onClose: () => void;
};

export function Subject({ seen: { user } }: { seen: UserView }) {
  return (
    <>
      For <strong>
        <VisibleText text={user.email} max={160} />
      </strong>
      {user.full_name === null ? null : (
        <>
          , <VisibleText text={user.full_name} max={120} />
        </>
      )}
    </>
  );
}

/** The job that will be made, or run again. */
export function JobToCome({ offer }: { offer: ActionOffer<DemoModeAction> | undefined }) {
  const type = offer?.preview?.job_type ?? null;
  if (type === null) return null;
  return (
    <p className={styles.job}>
      <Workflow size={13} aria-hidden /> {offer?.action === "retry" ? "Runs the job again" : "Makes a job"}: {jobTypeWords(type).toLowerCase()}
    </p>
  );
}

export function findOffer(view: UserView, action: DemoModeAction): ActionOffer<DemoModeAction> | undefined {
  return view.demo.offers.find((offer) => offer.action === action);
}

/** The state right after the action. */
export function becomes(offer: ActionOffer<DemoModeAction> | undefined): StateMark | null {
  const status = DEMO_MODE_STATUSES.find((each) => each === offer?.preview?.becomes);
  return status === undefined ? null : demoModeMark(status);
}

export function expectedWords(expected: ExpectedDuration | null): string | null {
  return expected === null ? null : `usually ${duration(expected.p50_s)}, 95 % within ${duration(expected.p95_s)}`;
}
