//! What can be wrong, or not.

use crate::words::words;

words! {
    /// The one cause of a case. Declared from fine to grave within each group.
    pub enum Cause {
        /// At rest, and everybody agrees.
        NothingWrong = "nothing_wrong",
        /// Asked for a later time.
        WaitingForTime = "waiting_for_time",
        /// Due, and the workers that could take it are busy or about to.
        WaitingForWorker = "waiting_for_worker",
        /// A worker is at it, within the usual time.
        RunningNormally = "running_normally",
        /// Failed, and tried again by itself after a pause.
        Retrying = "retrying",
        /// Being stopped, or removing what a cancelled enable had made.
        Cancelling = "cancelling",
        /// At it for longer than almost all of its kind; its worker is alive.
        RunningLong = "running_long",
        /// A stop was asked for, and the worker has not confirmed it in time.
        StoppingOverdue = "stopping_overdue",
        /// Its worker has gone silent; another takes over when the lease ends.
        WorkerLost = "worker_lost",
        /// The attempt is past its deadline and about to be given up.
        PastDeadline = "past_deadline",
        /// The demo service answers, but slowly.
        ServiceSlow = "service_slow",
        /// The demo service answers with faults.
        ServiceRefusing = "service_refusing",
        /// The demo service does not answer at all.
        ServiceUnreachable = "service_unreachable",
        /// A person paused the queue.
        QueuePaused = "queue_paused",
        /// No worker serves the queue.
        NoWorker = "no_worker",
        /// Workers are there, but none of their builds knows this type of job.
        NoWorkerKnowsType = "no_worker_knows_type",
        /// Waiting, but every attempt is used: nobody claims it.
        AttemptsUsedUp = "attempts_used_up",
        /// No attempt is left, or another could not help.
        FailedForGood = "failed_for_good",
        /// The boolean of the former backend says something else than the state.
        LegacyOutOfStep = "legacy_out_of_step",
        /// A profile exists, and the state says no.
        ProfileWithoutState = "profile_without_state",
        /// A job works for a user who does not wait for it.
        UserNotWaiting = "user_not_waiting",
        /// The job has ended, and its user was not moved along.
        JobEndedUserNotMoved = "job_ended_user_not_moved",
        /// The user is in progress, and no job carries it out.
        InProgressWithoutJob = "in_progress_without_job",
        /// None of the rules explains it.
        Unknown = "unknown",
    }
}

words! {
    /// How sure the rules are of the cause.
    pub enum Certainty {
        /// The database says so.
        Known = "known",
        /// What is seen is best explained so.
        Likely = "likely",
        /// No rule fits.
        Unknown = "unknown",
    }
}

words! {
    /// How much a case needs a person. What is `watch` or worse stands in the list of contradictions.
    pub enum Gravity {
        /// Nothing is wrong.
        Fine = "fine",
        /// On its way; it ends by itself in the usual time.
        Moving = "moving",
        /// Overdue or disturbed; it may mend itself, so look again.
        Watch = "watch",
        /// It does not mend itself.
        Act = "act",
    }
}
