import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import type { ComponentType } from "react";
import { Banner } from "../../components/Banner";
import { CopyId } from "../../components/CopyId";
import { CopyLink } from "../../components/CopyLink";
import { ErrorState } from "../../components/ErrorState";
import { Progress } from "../../components/Progress";
import { SidePanel, SidePanelHead } from "../../components/SidePanel";
import { StateDiagram } from "../../components/StateDiagram";
import { Tabs } from "../../components/Tabs";
import { VisibleText } from "../../components/VisibleText";
import { WatchButton } from "../../components/WatchButton";
import type { JobDetail } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useWatch } from "../../ipc/use-watch";
import { jobLink } from "../../lib/links";
import { jobTypeWords } from "../../lib/states/job";
import { JobActions } from "./JobActions";
import { JobFacts } from "./JobFacts";
import { JobHistory } from "./JobHistory";
import styles from "./Jobs.module.css";
import { JobBadge } from "./job-columns";
import { JOB_DIAGRAM, JOB_EDGES, JOB_NODES, pathTaken, pathWords } from "./job-diagram";
import { jobOptions } from "./jobs-queries";

const route = getRouteApi("/jobs/$jobId");

/** One job: where it stands, how it came there, what can be done. */
export function JobPanel({ verdict }: { verdict: ComponentType<{ id: string }> }) {
  const { jobId } = route.useParams();
  const navigate = route.useNavigate();
  const { data: detail, error, refetch } = useQuery(jobOptions(useIpc(), jobId));
  const close = () => void navigate({ to: "/jobs", search: true });
  return (
    <SidePanel label="Job" onClose={close}>
      {detail ? <Content key={jobId} detail={detail} verdict={verdict} /> : null}
      {!detail && error ? <ErrorState error={error} onRetry={() => void refetch()} /> : null}
    </SidePanel>
  );
}

function Content({ detail, verdict: Verdict }: { detail: JobDetail; verdict: ComponentType<{ id: string }> }) {
  const { job, events } = detail;
  const { watched, toggle } = useWatch("job", job.id);
  const live = job.status === "pending" || job.status === "running";
  return (
    <>
      <SidePanelHead title={<VisibleText text={jobTypeWords(job.job_type)} max={80} />}>
        <JobBadge job={job} look="pill" />
        <CopyId id={job.id} what="job id" />
        <CopyLink link={jobLink(job.id)} />
        {live || watched ? <WatchButton watched={watched} onToggle={toggle} /> : null}
      </SidePanelHead>
      <Verdict id={job.id} />
      <StateDiagram
        label={pathWords(events, job.status)}
        width={JOB_DIAGRAM.width}
        height={JOB_DIAGRAM.height}
        nodes={JOB_NODES}
        edges={JOB_EDGES}
        current={job.status}
        taken={pathTaken(events)}
      />
      {job.status === "running" ? <Progress value={job.progress} label="Progress" words={job.step} /> : null}
      {job.error === null ? null : (
        <Banner tone={job.status === "failed" ? "danger" : "warning"} icon={TriangleAlert}>
          <VisibleText text={job.error} max={1_000} />
        </Banner>
      )}
      <JobActions detail={detail} />
      <JobFacts detail={detail} />
      <Tabs
        label="More on this job"
        items={[
          { id: "history", label: `History ${events.length}`, content: <JobHistory events={events} /> },
          { id: "payload", label: "Payload", content: <Json text={detail.payload} /> },
          { id: "result", label: "Result", content: detail.result === null ? <p className={styles.quiet}>Nothing yet. What the job brings about will stand here.</p> : <Json text={detail.result} /> },
        ]}
      />
    </>
  );
}

function Json({ text }: { text: string }) {
  return (
    // A scrolled region has to be reachable by keyboard.
    <pre className={styles.json} tabIndex={0}>
      <VisibleText text={text} max={20_000} />
    </pre>
  );
}
