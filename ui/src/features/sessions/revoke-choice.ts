import type { DeviceSessions, SessionRow } from "../../generated/commands";
import { serverNow } from "../../lib/clock";
import type { WhichSessions } from "../../lib/query-keys";
import { visibleText } from "../../lib/visible-text";

/** Which sessions are to end. The time is fixed when it is chosen, so that what is counted is what is asked for. */
export type Choice = { kind: "all" } | { kind: "device"; device: string } | { kind: "unused"; days: number; since: string };

const UNUSED_DAYS = [1, 3, 7];
const DAY_MS = 86_400_000;
const DEVICES_MAX = 12;

type Option = { value: string; label: string; choice: Choice };

/** What can be chosen; what is chosen stays among it. */
export function choices(devices: readonly DeviceSessions[], chosen: Choice): Option[] {
  const names = devices.slice(0, DEVICES_MAX).map(({ device, active }) => ({ device, label: `Only on ${visibleText(device, 80)} (${active} active)` }));
  if (chosen.kind === "device" && !names.some(({ device }) => device === chosen.device)) names.push({ device: chosen.device, label: `Only on ${visibleText(chosen.device, 80)}` });
  const since = (days: number) => (chosen.kind === "unused" && chosen.days === days ? chosen.since : new Date(serverNow() - days * DAY_MS).toISOString());
  return [
    { value: "all", label: "Every active session", choice: { kind: "all" } },
    ...names.map(({ device, label }, index): Option => ({ value: `device-${index}`, label, choice: { kind: "device", device } })),
    ...UNUSED_DAYS.map((days): Option => ({ value: `unused-${days}`, label: `Not used for ${days === 1 ? "a day" : `${days} days`}`, choice: { kind: "unused", days, since: since(days) } })),
  ];
}

export function whichOf(choice: Choice, except: SessionRow | null): WhichSessions {
  return {
    except_session_id: except?.id ?? null,
    device: choice.kind === "device" ? choice.device : null,
    unused_since: choice.kind === "unused" ? choice.since : null,
  };
}

/** Whether a session is one of those. */
export function meant(row: SessionRow, which: WhichSessions): boolean {
  return (
    row.id !== which.except_session_id &&
    (which.device === null || row.device === which.device) &&
    (which.unused_since === null || Date.parse(row.last_seen_at) < Date.parse(which.unused_since))
  );
}

export function choiceWords(choice: Choice): string {
  if (choice.kind === "all") return "all sessions";
  return choice.kind === "device" ? `the sessions on ${visibleText(choice.device, 80)}` : `sessions not used for ${choice.days === 1 ? "a day" : `${choice.days} days`}`;
}
