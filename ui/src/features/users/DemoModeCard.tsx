import { Eye, TriangleAlert, Unplug } from "lucide-react";
import { Banner } from "../../components/Banner";
import { RelativeTime } from "../../components/RelativeTime";
import { StateDiagram } from "../../components/StateDiagram";
import { StatusBadge } from "../../components/StatusBadge";
import { VisibleText } from "../../components/VisibleText";
import type { UserView } from "../../generated/commands";
import { demoModeMark } from "../../lib/states/demo-mode";
import { DemoModeActions } from "./DemoModeActions";
import { DemoModeFacts } from "./DemoModeFacts";
import { DemoModeJob } from "./DemoModeJob";
import styles from "./User.module.css";
import { DEMO_DIAGRAM, DEMO_EDGES, DEMO_NODES, demoDiagramWords, movesOnOffer } from "./demo-diagram";
import { isStranded } from "./demo-facts";

/** Where demo mode stands, what the customer sees of it, and what can be done. */
export function DemoModeCard({ view }: { view: UserView }) {
  const { demo } = view;
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
      </header>
      <p className={styles.sees}>
        <Eye size={15} aria-hidden />
        <span>
          <span className={styles.quiet}>The customer sees now: </span>
          {demo.customer_sees}
        </span>
      </p>
      {demo.error === null ? null : (
        <Banner tone="danger" icon={TriangleAlert}>
          <VisibleText text={demo.error} max={1_000} />
        </Banner>
      )}
      {isStranded(demo) ? (
        <Banner tone="danger" icon={Unplug}>
          Demo mode says {demo.status}, but no job carries it out. It will not end by itself.
        </Banner>
      ) : null}
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
