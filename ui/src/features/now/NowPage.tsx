import { Page } from "../../components/Page";

export function NowPage() {
  return <Page title="Now">{null}</Page>;
}
