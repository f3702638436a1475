import type { DiagramEdge, DiagramNode } from "../../components/StateDiagram";
import type { DemoModeView } from "../../generated/commands";
import { DEMO_MODE_STATUSES, demoModeMark } from "../../lib/states/demo-mode";

export const DEMO_DIAGRAM = { width: 372, height: 152 };

export const DEMO_NODES: readonly DiagramNode[] = [
  { id: "disabled", mark: demoModeMark("disabled"), x: 50, y: 76 },
  { id: "enabling", mark: demoModeMark("enabling"), x: 186, y: 18 },
  { id: "failed", mark: demoModeMark("failed"), x: 186, y: 76 },
  { id: "disabling", mark: demoModeMark("disabling"), x: 186, y: 134 },
  { id: "enabled", mark: demoModeMark("enabled"), x: 322, y: 76 },
];

/** For drawing only: what may be done now is said by the offers. */
export const DEMO_EDGES: readonly DiagramEdge[] = [
  { from: "disabled", to: "enabling" },
  { from: "enabling", to: "enabled" },
  { from: "enabled", to: "disabling" },
  { from: "disabling", to: "disabled" },
  { from: "enabling", to: "disabled" },
  { from: "disabling", to: "enabled" },
  { from: "enabling", to: "failed" },
  { from: "failed", to: "enabling" },
  { from: "disabling", to: "failed" },
  { from: "failed", to: "disabling" },
  { from: "failed", to: "disabled" },
];

/** Where a person can move it now, by the offers. */
export function movesOnOffer(demo: DemoModeView): DiagramEdge[] {
  const targets = new Set(demo.offers.flatMap((offer) => (offer.allowed && offer.preview !== null ? [offer.preview.becomes] : [])));
  return DEMO_MODE_STATUSES.filter((status) => status !== demo.status && targets.has(status)).map((to) => ({ from: demo.status, to }));
}

export function demoDiagramWords(demo: DemoModeView): string {
  const moves = movesOnOffer(demo).map((edge) => edge.to);
  return `Demo mode is ${demo.status}.${moves.length === 0 ? "" : ` From here you can make it ${moves.join(" or ")}.`}`;
}
