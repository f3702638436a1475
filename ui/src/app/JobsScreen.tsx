import { JobSelection } from "../features/bulk/JobSelection";
import { JobsPage } from "../features/jobs/JobsPage";

/** The list of jobs, with what can be done with many of them. */
export function JobsScreen() {
  return <JobsPage selectionBar={JobSelection} />;
}
