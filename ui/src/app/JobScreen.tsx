import { JobPanel } from "../features/jobs/JobPanel";
import { JobVerdict } from "../features/triage/CaseVerdict";

/** A job's panel with its verdict in it. */
export function JobScreen() {
  return <JobPanel verdict={JobVerdict} />;
}
