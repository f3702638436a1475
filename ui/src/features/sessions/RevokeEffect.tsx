import { KeyValue } from "../../components/KeyValue";
import type { RevokePreview } from "../../generated/commands";
import { plural } from "../../lib/numbers";
import { exactTimeInWords } from "../../lib/time";
import { visibleText } from "../../lib/visible-text";

/** What a revoke does and does not do. */
export function RevokeEffect({ when = "Dies now", dies, lives }: { when?: string; dies: string; lives: string }) {
  return (
    <KeyValue
      items={[
        { key: when, value: dies },
        { key: "Lives on", value: lives },
        { key: "Not stopped", value: "A request that has already begun, and jobs that were asked for. It cannot be undone; the customer can sign in again." },
      ]}
    />
  );
}

/** The same for many sessions, as the database counts them. */
export function PreviewedEffect({ when, preview }: { when?: string; preview: RevokePreview | undefined }) {
  const words = preview === undefined ? { dies: "Counting…", lives: "Counting…" } : { dies: dies(preview), lives: lives(preview) };
  return <RevokeEffect {...(when === undefined ? {} : { when })} {...words} />;
}

const DEVICES_MAX = 4;

function dies({ ends, devices }: RevokePreview): string {
  const names = devices.filter((device) => device.ends > 0).map(({ device, ends }) => `${visibleText(device, 80)}${ends > 1 ? ` (${ends})` : ""}`);
  const more = names.length - DEVICES_MAX;
  return `${plural(ends, "active session")}${names.length === 0 ? "" : ": "}${names.slice(0, DEVICES_MAX).join(", ")}${more > 0 ? ` and ${more} more kinds of device` : ""}.`;
}

function lives({ stays, stays_until }: RevokePreview): string {
  if (stays === 0 || stays_until === null) return "Nothing: the customer is signed out everywhere.";
  return `${plural(stays, "active session")} of this user, the last until ${exactTimeInWords(stays_until)}.`;
}
