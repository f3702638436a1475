import { Page } from "../../components/Page";

export function UserPage() {
  return <Page title="User">{null}</Page>;
}
