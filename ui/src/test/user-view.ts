import type { ActionOffer, DemoModeAction, DemoModeView, UserRow, UserView } from "../generated/commands";
import { at, userRow } from "../ipc/fixture/factories";

const ACTIONS: readonly DemoModeAction[] = ["enable", "disable", "cancel", "retry", "dismiss"];

/** A user's page on which only the named actions are offered, each with where it leads. */
export function userView(demo: Partial<DemoModeView> = {}, allowed: Partial<Record<DemoModeAction, string>> = { enable: "enabling" }, user: Partial<UserRow> = {}): UserView {
  const offers = ACTIONS.map((action): ActionOffer<DemoModeAction> => {
    const becomes = allowed[action];
    return becomes === undefined
      ? { action, allowed: false, preview: null, refusal: `Not ${action} now.` }
      : { action, allowed: true, preview: { becomes, job_type: action === "enable" ? "demo_enable" : null, note: `What ${action} does.` }, refusal: null };
  });
  const status = demo.status ?? "disabled";
  return {
    user: userRow({ id: "0190a000-0000-7000-8000-000000000001", demo_mode: status, version: 4, ...user }),
    demo: {
      status,
      failed_operation: null,
      error: null,
      profile_id: null,
      profile_type: null,
      niche: null,
      preset: null,
      changed_at: null,
      job: null,
      cleanup: null,
      customer_sees: "Their own account, without demo content.",
      offers,
      expected_enable: { p50_s: 84, p95_s: 118, sample: 412 },
      expected_disable: { p50_s: 71, p95_s: 96, sample: 133 },
      ...demo,
    },
    connections: [],
    active_sessions: 1,
    as_of: at(Date.UTC(2026, 10, 21, 2, 30)),
  };
}
