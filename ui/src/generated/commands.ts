// Stand-in with the shape that tauri-specta writes; `cargo xtask codegen` overwrites it.
import { type Channel, invoke as __TAURI_INVOKE } from "@tauri-apps/api/core";

export const commands = {
  bootstrap: () => typedError<Bootstrap, IpcError>(__TAURI_INVOKE("bootstrap")),
  windowReady: () => typedError<null, IpcError>(__TAURI_INVOKE("window_ready")),
  now: () => typedError<NowView, IpcError>(__TAURI_INVOKE("now")),
  jobCounts: () => typedError<JobCounts, IpcError>(__TAURI_INVOKE("job_counts")),
  jobsPage: (filter: JobFilter, cursor: string | null, limit: number) =>
    typedError<Page<JobRow>, IpcError>(__TAURI_INVOKE("jobs_page", { filter, cursor, limit })),
  job: (id: string) => typedError<JobDetail, IpcError>(__TAURI_INVOKE("job", { id })),
  jobTypes: () => typedError<string[], IpcError>(__TAURI_INVOKE("job_types")),
  usersPage: (filter: UserFilter, cursor: string | null, limit: number) =>
    typedError<Page<UserRow>, IpcError>(__TAURI_INVOKE("users_page", { filter, cursor, limit })),
  user: (id: string) => typedError<UserView, IpcError>(__TAURI_INVOKE("user", { id })),
  userTimeline: (id: string, cursor: string | null, limit: number) =>
    typedError<Page<TimelineEntry>, IpcError>(__TAURI_INVOKE("user_timeline", { id, cursor, limit })),
  presets: () => typedError<DemoPreset[], IpcError>(__TAURI_INVOKE("presets")),
  sessionsPage: (filter: SessionFilter, cursor: string | null, limit: number) =>
    typedError<Page<SessionRow>, IpcError>(__TAURI_INVOKE("sessions_page", { filter, cursor, limit })),
  workers: () => typedError<WorkerRow[], IpcError>(__TAURI_INVOKE("workers")),
  auditPage: (userId: string | null, cursor: string | null, limit: number) =>
    typedError<Page<AuditEntry>, IpcError>(__TAURI_INVOKE("audit_page", { userId, cursor, limit })),
  enableDemoMode: (target: CommandTarget, body: EnableDemoMode) =>
    typedError<UserView, IpcError>(__TAURI_INVOKE("enable_demo_mode", { target, body })),
  disableDemoMode: (target: CommandTarget, body: WithReason) =>
    typedError<UserView, IpcError>(__TAURI_INVOKE("disable_demo_mode", { target, body })),
  cancelDemoMode: (target: CommandTarget, body: WithReason) =>
    typedError<UserView, IpcError>(__TAURI_INVOKE("cancel_demo_mode", { target, body })),
  dismissDemoMode: (target: CommandTarget, body: WithReason) =>
    typedError<UserView, IpcError>(__TAURI_INVOKE("dismiss_demo_mode", { target, body })),
  cancelJob: (target: CommandTarget, body: WithReason) =>
    typedError<JobDetail, IpcError>(__TAURI_INVOKE("cancel_job", { target, body })),
  retryJob: (target: CommandTarget, body: WithReason) =>
    typedError<JobDetail, IpcError>(__TAURI_INVOKE("retry_job", { target, body })),
  rescheduleJob: (target: CommandTarget, body: Reschedule) =>
    typedError<JobDetail, IpcError>(__TAURI_INVOKE("reschedule_job", { target, body })),
  revokeSession: (target: CommandTarget, body: WithReason) =>
    typedError<SessionRow, IpcError>(__TAURI_INVOKE("revoke_session", { target, body })),
  revokeSessions: (userId: string, commandId: string, body: RevokeSessions) =>
    typedError<SessionsRevoked, IpcError>(__TAURI_INVOKE("revoke_sessions", { userId, commandId, body })),
  pendingCommands: () => typedError<PendingCommand[], IpcError>(__TAURI_INVOKE("pending_commands")),
  resolveCommand: (commandId: string) =>
    typedError<boolean, IpcError>(__TAURI_INVOKE("resolve_command", { commandId })),
  signIn: (environmentId: string, email: string, password: string, sessionOnly: boolean) =>
    typedError<Bootstrap, IpcError>(__TAURI_INVOKE("sign_in", { environmentId, email, password, sessionOnly })),
  signOut: () => typedError<Bootstrap, IpcError>(__TAURI_INVOKE("sign_out")),
  setPreferences: (preferences: Preferences) =>
    typedError<Preferences, IpcError>(__TAURI_INVOKE("set_preferences", { preferences })),
  addEnvironment: (name: string, kind: EnvironmentKind, apiUrl: string) =>
    typedError<Preferences, IpcError>(__TAURI_INVOKE("add_environment", { name, kind, apiUrl })),
  removeEnvironment: (id: string) => typedError<Preferences, IpcError>(__TAURI_INVOKE("remove_environment", { id })),
  testEnvironment: (apiUrl: string) => typedError<string, IpcError>(__TAURI_INVOKE("test_environment", { apiUrl })),
  switchEnvironment: (id: string) => typedError<Bootstrap, IpcError>(__TAURI_INVOKE("switch_environment", { id })),
  subscribe: (interest: LiveInterest, channel: Channel<LiveMessage>) =>
    typedError<number, IpcError>(__TAURI_INVOKE("subscribe", { interest, channel })),
  unsubscribe: (id: number) => typedError<null, IpcError>(__TAURI_INVOKE("unsubscribe", { id })),
  diagnostics: () => typedError<string, IpcError>(__TAURI_INVOKE("diagnostics")),
  openLogs: () => typedError<null, IpcError>(__TAURI_INVOKE("open_logs")),
};

export type ActionOffer<A> = {
  action: A;
  allowed: boolean;
  preview: Preview | null;
  refusal: string | null;
};

export type Attention = {
  kind: AttentionKind;
  title: string;
  advice: string;
  user_id: string | null;
  user_email: string | null;
  job_id: string | null;
  since: string;
};

export type AttentionKind = "no_worker" | "user_without_job" | "lease_expired" | "waiting_long" | "running_long" | "demo_mode_failed";

export type AuditEntry = {
  id: string;
  at: string;
  staff_id: string | null;
  actor: string;
  action: string;
  user_id: string | null;
  user_email: string | null;
  job_id: string | null;
  session_id: string | null;
  reason: string | null;
  before: string | null;
  after: string | null;
  request_id: string | null;
};

export type Bootstrap = {
  preferences: Preferences;
  environment: Environment | null;
  staff: StaffInfo | null;
  sign_in_problem: string | null;
  keychain: KeychainState;
  now: NowView | null;
  freshness: Freshness;
  version: string;
  path: string | null;
};

export type CleanupCount = {
  what: string;
  count: number;
};

export type CommandTarget = {
  id: string;
  version: number;
  command_id: string;
};

export type ConnectionRow = {
  id: string;
  platform: string;
  username: string | null;
  status: ConnectionStatus;
  error: string | null;
  connected_at: string | null;
  last_synced_at: string | null;
};

export type ConnectionStatus = "disconnected" | "connecting" | "connected" | "disconnecting" | "failed";

export type DemoModeAction = "enable" | "disable" | "cancel" | "retry" | "dismiss";

export type DemoModeStatus = "disabled" | "enabling" | "enabled" | "disabling" | "failed";

export type DemoModeView = {
  status: DemoModeStatus;
  failed_operation: DemoOperation | null;
  error: string | null;
  profile_id: string | null;
  profile_type: string | null;
  niche: string | null;
  preset: string | null;
  changed_at: string | null;
  job: JobRow | null;
  cleanup: CleanupCount[] | null;
  customer_sees: string;
  offers: ActionOffer<DemoModeAction>[];
  expected_enable: ExpectedDuration | null;
  expected_disable: ExpectedDuration | null;
};

export type DemoOperation = "enable" | "disable";

export type DemoPreset = {
  id: string;
  name: string;
  description: string;
  profile_type: string;
  niche: string;
};

export type Density = "compact" | "normal" | "relaxed";

export type EnableDemoMode = {
  reason: string;
  profile: ProfileChoice;
  run_at: string | null;
};

export type Environment = {
  id: string;
  name: string;
  kind: EnvironmentKind;
  api_url: string;
};

export type EnvironmentKind = "local" | "staging" | "production";

export type ExpectedDuration = {
  p50_s: number;
  p95_s: number;
  sample: number;
};

export type FailureGroup = {
  error: string;
  job_type: string;
  count: number;
  last_job_id: string;
  last_at: string;
};

export type Freshness = {
  state: FreshnessState;
  as_of: string | null;
  age_ms: number;
  read_ms: number;
  source: FreshnessSource;
  message: string | null;
};

export type FreshnessSource = "push" | "poll";

export type FreshnessState = "live" | "stale" | "connecting" | "signed_out";

export type IpcError =
  | { type: "not_found"; message: string }
  | { type: "unauthorized"; message: string }
  | { type: "forbidden"; message: string }
  | { type: "conflict"; message: string; request_id: string }
  | { type: "unavailable"; message: string; retry_after_s: number }
  | { type: "unknown"; message: string; command_id: string }
  | { type: "validation"; field: string; message: string }
  | { type: "stale"; message: string }
  | { type: "keychain"; state: KeychainState; message: string }
  | { type: "internal"; message: string; id: string };

export type JobAction = "cancel" | "retry" | "reschedule";

export type JobCounts = {
  waiting: number;
  scheduled: number;
  running: number;
};

export type JobDetail = {
  job: JobRow;
  events: JobEventRow[];
  payload: string;
  result: string | null;
  deadline_at: string | null;
  user_demo_mode: DemoModeStatus | null;
  is_current: boolean;
  offers: ActionOffer<JobAction>[];
  expected: ExpectedDuration | null;
  as_of: string;
};

export type JobEventRow = {
  id: string;
  at: string;
  from_status: JobStatus | null;
  to_status: JobStatus;
  event: string;
  attempt: number;
  actor: string;
  detail: string | null;
};

export type JobFilter = {
  statuses: JobStatus[];
  job_types: string[];
  user: string | null;
  id: string | null;
  worker_id: string | null;
  error: string | null;
};

export type JobRow = {
  id: string;
  job_type: string;
  status: JobStatus;
  user_id: string | null;
  user_email: string | null;
  attempt: number;
  max_attempts: number;
  queue: string;
  progress: number;
  step: string | null;
  run_at: string;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
  lease_expires_at: string | null;
  worker_id: string | null;
  worker: string | null;
  cancel_requested: boolean;
  error: string | null;
  version: number;
};

export type JobStatus = "pending" | "running" | "completed" | "failed" | "cancelled";

export type KeychainState = "ready" | "locked" | "absent" | "denied";

export type LiveInterest = {
  jobs: boolean;
  users: boolean;
  user_id: string | null;
};

export type LiveMessage =
  | { type: "changes"; revision: number; jobs: JobRow[]; users: UserRow[]; counts: JobCounts; freshness: Freshness }
  | { type: "heartbeat"; freshness: Freshness }
  | { type: "reset"; revision: number; reason: string; freshness: Freshness };

export type MinuteCount = {
  minute: string;
  completed: number;
  failed: number;
};

export type NowView = {
  attention: Attention[];
  attention_more: boolean;
  counts: JobCounts;
  levels: ServiceLevels;
  minutes: MinuteCount[];
  failures: FailureGroup[];
  workers: WorkerRow[];
  as_of: string;
};

export type Page<T> = {
  rows: T[];
  next: string | null;
  as_of: string;
};

export type PendingCommand = {
  command_id: string;
  title: string;
  user_id: string | null;
  job_id: string | null;
};

export type Preferences = {
  schema: number;
  theme: Theme;
  density: Density;
  times: Times;
  environment_id: string | null;
  environments: Environment[];
};

export type Preview = {
  becomes: string;
  job_type: string | null;
  note: string;
};

export type ProfileChoice = {
  preset: string | null;
  profile_type: string | null;
  niche: string | null;
};

export type Reschedule = {
  reason: string;
  run_at: string;
};

export type RevokeSessions = {
  reason: string;
  except_session_id: string | null;
};

export type ServiceLevels = {
  success_rate: number | null;
  finished: number;
  completion_p50_s: number | null;
  completion_p95_s: number | null;
  oldest_waiting_s: number | null;
  workers_alive: number;
};

export type SessionAction = "revoke";

export type SessionFilter = {
  user_id: string | null;
  user: string | null;
  active_only: boolean;
};

export type SessionRow = {
  id: string;
  user_id: string;
  user_email: string;
  status: SessionStatus;
  user_agent: string | null;
  device: string;
  address: string | null;
  transport: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  revoked_at: string | null;
  revoked_by: string | null;
  version: number;
  offer: ActionOffer<SessionAction>;
};

export type SessionStatus = "active" | "revoked" | "expired";

export type SessionsRevoked = {
  user_id: string;
  revoked: number;
  at: string;
};

export type StaffInfo = {
  id: string;
  email: string;
  name: string;
  role: StaffRole;
};

export type StaffRole = "viewer" | "support" | "admin";

export type Theme = "system" | "light" | "dark";

export type TimelineEntry = {
  id: string;
  at: string;
  kind: TimelineKind;
  title: string;
  detail: string | null;
  actor: string;
  job_id: string | null;
  state: string | null;
};

export type TimelineKind = "job" | "audit" | "session";

export type Times = "relative" | "local" | "utc";

export type UserFilter = {
  search: string | null;
  demo_modes: DemoModeStatus[];
};

export type UserRow = {
  id: string;
  email: string;
  full_name: string | null;
  is_active: boolean;
  demo_mode: DemoModeStatus;
  demo_mode_error: string | null;
  demo_mode_changed_at: string | null;
  job_id: string | null;
  job_status: JobStatus | null;
  job_progress: number | null;
  created_at: string;
  version: number;
};

export type UserView = {
  user: UserRow;
  demo: DemoModeView;
  connections: ConnectionRow[];
  active_sessions: number;
  as_of: string;
};

export type WithReason = {
  reason: string;
};

export type WorkerRow = {
  id: string;
  host: string;
  pid: number;
  build: string;
  started_at: string;
  last_seen_at: string;
  alive: boolean;
  stopped_at: string | null;
  jobs_in_hand: number;
};

async function typedError<T, E>(
  result: Promise<T>,
): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
  try {
    return { status: "ok", data: await result };
  } catch (error) {
    if (error instanceof Error) throw error;
    return { status: "error", error: error as E };
  }
}
