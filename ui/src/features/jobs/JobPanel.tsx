import { Page } from "../../components/Page";

export function JobPanel() {
  return <Page title="Job">{null}</Page>;
}
