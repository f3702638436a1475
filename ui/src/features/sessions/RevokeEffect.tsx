import { KeyValue } from "../../components/KeyValue";

/** What a revoke does and does not do. */
export function RevokeEffect({ dies, lives }: { dies: string; lives: string }) {
  return (
    <KeyValue
      items={[
        { key: "Dies now", value: dies },
        { key: "Lives on", value: lives },
        { key: "Not stopped", value: "A request that has already begun, and jobs that were asked for. It cannot be undone; the customer can sign in again." },
      ]}
    />
  );
}
