import { Page } from "../../components/Page";

export function SessionsPage() {
  return <Page title="Sessions">{null}</Page>;
}
