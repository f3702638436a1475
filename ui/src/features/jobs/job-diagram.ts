import type { DiagramEdge, DiagramNode } from "../../components/StateDiagram";
import type { JobEventRow } from "../../generated/commands";
import { jobStatusMark } from "../../lib/states/job";

export const JOB_DIAGRAM = { width: 400, height: 128 };

export const JOB_NODES: readonly DiagramNode[] = [
  { id: "pending", mark: jobStatusMark("pending"), x: 52, y: 64 },
  { id: "running", mark: jobStatusMark("running"), x: 196, y: 64 },
  { id: "completed", mark: jobStatusMark("completed"), x: 346, y: 16 },
  { id: "failed", mark: jobStatusMark("failed"), x: 346, y: 64 },
  { id: "cancelled", mark: jobStatusMark("cancelled"), x: 346, y: 112 },
];

/** For drawing only: what may be done now is said by the offers. */
export const JOB_EDGES: readonly DiagramEdge[] = [
  { from: "pending", to: "running" },
  { from: "running", to: "pending" },
  { from: "running", to: "completed" },
  { from: "running", to: "failed" },
  { from: "running", to: "cancelled" },
  { from: "pending", to: "cancelled" },
];

export function pathTaken(events: readonly JobEventRow[]): DiagramEdge[] {
  return events.flatMap((event) => (event.from_status === null || event.from_status === event.to_status ? [] : [{ from: event.from_status, to: event.to_status }]));
}

export function pathWords(events: readonly JobEventRow[], current: string): string {
  const steps = pathTaken(events).map((edge) => edge.to);
  return steps.length === 0 ? `The job is ${current}.` : `The job went from pending to ${steps.join(", then ")}.`;
}
