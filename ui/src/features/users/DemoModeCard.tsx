import { TriangleAlert } from "lucide-react";
import { Banner } from "../../components/Banner";
import { RelativeTime } from "../../components/RelativeTime";
import { StateDiagram } from "../../components/StateDiagram";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import { WatchButton } from "../../components/WatchButton";
import type { UserView } from "../../generated/commands";
import { useWatch } from "../../ipc/use-watch";
import { demoModeMark } from "../../lib/states/demo-mode";
import { DemoModeActions } from "./DemoModeActions";
import { DemoModeFacts } from "./DemoModeFacts";
import { DemoModeJob } from "./DemoModeJob";
import styles from "./User.module.css";
import { DEMO_DIAGRAM, DEMO_EDGES, DEMO_NODES, demoDiagramWords, movesOnOffer } from "./demo-diagram";

/** Where demo mode stands and every change that the rules allow. What the customer sees is said by the verdict above. */
export function DemoModeCard({ view }: { view: UserView }) {
  const { demo } = view;
  const { watched, toggle } = useWatch("user", view.user.id);
  const inProgress = demo.status === "enabling" || demo.status === "disabling";
  return (
    <section aria-labelledby="user-demo" className={styles.section}>
      <header className={styles.head}>
        <h2 id="user-demo">Demo mode</h2>
        <StatusBadge mark={demoModeMark(demo.status)} look="pill" />
        {demo.changed_at === null ? null : (
          <span className={styles.quiet}>
            changed <RelativeTime at={demo.changed_at} />
          </span>
        )}
        {inProgress || watched ? (
          <span className={styles.push}>
            <WatchButton watched={watched} onToggle={toggle} />
          </span>
        ) : null}
      </header>
      {demo.error === null ? null : (
        <Banner tone="danger" icon={TriangleAlert}>
          <VisibleText text={demo.error} max={1_000} />
        </Banner>
      )}
      <DemoModeActions view={view} />
      <div className={styles.state}>
        <StateDiagram
          label={demoDiagramWords(demo)}
          width={DEMO_DIAGRAM.width}
          height={DEMO_DIAGRAM.height}
          nodes={DEMO_NODES}
          edges={DEMO_EDGES}
          current={demo.status}
          taken={[]}
          possible={movesOnOffer(demo)}
        />
        <DemoModeFacts demo={demo} />
      </div>
      {demo.job === null ? null : <DemoModeJob job={demo.job} demo={demo} />}
    </section>
  );
}
