import type { BulkItemState, JobFilter, RevokeSessions, SessionFilter, TimelineKind, UserFilter } from "../generated/commands";

/** Which of a user's active sessions: those that every condition holds for. */
export type WhichSessions = Omit<RevokeSessions, "reason">;

/** Every key of the query cache: the stream patches by these what the features read. */
export const keys = {
  now: ["now"] as const,
  counts: ["counts"] as const,
  jobLists: ["jobs"] as const,
  jobList: (filter: JobFilter) => ["jobs", filter] as const,
  job: (id: string) => ["job", id] as const,
  jobTypes: ["job-types"] as const,
  userLists: ["users"] as const,
  userList: (filter: UserFilter) => ["users", filter] as const,
  user: (id: string) => ["user", id] as const,
  /** Of all kinds; a filter comes as a third part. */
  timeline: (userId: string) => ["timeline", userId] as const,
  timelineOf: (userId: string, kinds: readonly TimelineKind[]) => ["timeline", userId, kinds.join()] as const,
  userCase: (id: string) => ["case", "user", id] as const,
  jobCase: (id: string) => ["case", "job", id] as const,
  contradictions: ["contradictions"] as const,
  recurring: ["recurring-causes"] as const,
  errorWords: ["error-words"] as const,
  presets: ["presets"] as const,
  sessionLists: ["sessions"] as const,
  sessionList: (filter: SessionFilter) => ["sessions", filter] as const,
  /** All of a user's sessions, read back after a revoke. */
  sessionCheck: (userId: string) => ["session-check", userId] as const,
  revokePreview: (userId: string, which: WhichSessions) => ["revoke-preview", userId, which] as const,
  sessionProbe: (id: string) => ["session-probe", id] as const,
  bulkPlans: ["bulk"] as const,
  bulkApprovals: ["bulk-approvals"] as const,
  bulkPlan: (id: string) => ["bulk-plan", id] as const,
  bulkItems: (id: string, state: BulkItemState | null) => ["bulk-items", id, state] as const,
  workers: ["workers"] as const,
  audits: ["audit"] as const,
  audit: (q: string, zone: string | null) => ["audit", q, zone] as const,
  auditWords: ["audit-words"] as const,
  members: ["members"] as const,
  pending: ["pending-commands"] as const,
  watched: ["watched"] as const,
};
