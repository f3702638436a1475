//! Protocols that are wrong in one line each. The checker must find the history that breaks each of them; if it finds
//! none, the model has become too weak to trust.

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing: the protocol as it is.
    None,
    /// A worker's writes ask only whether the job runs.
    NoFence,
    /// They ask who holds it, but not under which epoch.
    FenceByWorker,
    /// The rescuer acts on what it read, without looking again under the lock.
    RescueWithoutRecheck,
    /// The end of a job is committed before what it means for the user.
    AckBeforeCommit,
    /// An attempt is counted when it ends, not when it begins.
    AttemptsAtCompletion,
    /// The rescuer ends a job without its user.
    RescueForgetsUser,
    /// A repeated command is not recognised.
    NoReceipt,
}
