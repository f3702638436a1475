/** How the verbs of the audit trail read to people. */
const ACTIONS: Record<string, string> = {
  "demo_mode.enable": "Enabled demo mode",
  "demo_mode.disable": "Disabled demo mode",
  "demo_mode.cancel": "Cancelled the demo mode change",
  "demo_mode.dismiss": "Dismissed a failure",
  "job.cancel": "Cancelled a job",
  "job.retry": "Retried a job",
  "job.reschedule": "Moved a job",
  "bulk.plan": "Planned a change of many",
  "bulk.confirm": "Confirmed a bulk plan",
  "bulk.approve": "Approved a bulk plan",
  "bulk.discard": "Discarded a bulk plan",
  "bulk.pause": "Paused a bulk plan",
  "bulk.resume": "Resumed a bulk plan",
  "bulk.abort": "Aborted a bulk plan",
  "queue.pause": "Paused a queue",
  "queue.resume": "Resumed a queue",
  "fix.retry_now": "Fixed: ran it now",
  "fix.cancel": "Fixed: stopped it",
  "fix.confirm_existing": "Fixed: asked the demo service",
  "fix.reset": "Fixed: reset demo mode",
  "fix.reconcile": "Fixed: reconciled user and job",
  "fix.resume_queue": "Fixed: resumed the queue",
  "error_words.write": "Wrote words for an error",
  "session.revoke": "Revoked a session",
  "session.revoke_all": "Revoked all sessions",
  "session.revoke_others": "Revoked all sessions but one",
  "session.revoke_device": "Revoked the sessions on a device",
  "session.revoke_unused": "Revoked unused sessions",
  "session.sign_out": "Signed out",
  "staff.add": "Added a person of the staff",
  "staff.database_login": "Minted a login for reading",
  "staff.disable": "Disabled a person of the staff",
  "staff.sign_in": "Signed in",
  "staff.sign_out": "Signed out",
};

/** A verb that this build does not know is shown as its word. */
export function auditWords(action: string): string {
  return ACTIONS[action] ?? action;
}
