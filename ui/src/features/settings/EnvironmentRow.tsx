import { useState } from "react";
import { Button } from "../../components/Button";
import { StatusBadge } from "../../components/StatusBadge";
import { type ReportedStep, StepReport } from "../../components/StepReport";
import { VisibleText } from "../../components/VisibleText";
import type { Environment } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { read } from "../../lib/failure";
import { useReplaceSession } from "../../lib/session";
import { environmentMark } from "../../lib/states/environment";
import { toast } from "../../lib/toasts";
import { visibleText } from "../../lib/visible-text";
import styles from "./Settings.module.css";

type EnvironmentRowProps = {
  environment: Environment;
  current: boolean;
  onTest: () => Promise<readonly ReportedStep[]>;
  onEdit: () => void;
  onRemove: () => void;
};

/** One environment: how careful to be, where it is, and what can be done with it. */
export function EnvironmentRow({ environment, current, onTest, onEdit, onRemove }: EnvironmentRowProps) {
  const ipc = useIpc();
  const replace = useReplaceSession();
  const [steps, setSteps] = useState<readonly ReportedStep[] | null>(null);
  const [testing, setTesting] = useState(false);
  const test = () => {
    setTesting(true);
    setSteps(null);
    onTest().then(setSteps, (error: Error) => toast(error.message)).finally(() => setTesting(false));
  };
  const go = () => {
    read(ipc.commands.switchEnvironment(environment.id)).then(replace, (error: Error) => toast(error.message));
  };
  return (
    <li className={styles.environment}>
      <span className={styles.kind}>
        <StatusBadge mark={environmentMark(environment.kind)} look="pill" />
      </span>
      <div className={styles.who}>
        <p className={styles.name}>
          <VisibleText text={environment.name} max={80} />
          {current ? <span className={styles.current}>current</span> : null}
        </p>
        <p className={styles.words}>
          <VisibleText text={environment.api_url} max={200} />
        </p>
      </div>
      {current ? null : (
        <Button size="small" onPress={go}>
          Switch to it
        </Button>
      )}
      <Button size="small" tone="quiet" onPress={test} busy={testing}>
        {testing ? "Testing…" : "Test"}
      </Button>
      <Button size="small" tone="quiet" onPress={onEdit}>
        Edit…
      </Button>
      <Button size="small" tone="quiet" onPress={onRemove}>
        Remove…
      </Button>
      {steps === null ? null : (
        <div className={styles.report}>
          <StepReport label={`Test of ${visibleText(environment.name, 80)}`} steps={steps} />
        </div>
      )}
    </li>
  );
}
