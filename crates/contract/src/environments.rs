//! Reaching a system step by step, and the caution that production asks for. Between the window's page and its Rust side only.

use crate::wire::wire;

wire! {
    /// A step on the way to a system.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum ConnectionStep {
        /// The name is looked up.
        Dns,
        /// A connection is made.
        Tcp,
        /// The certificate is verified.
        Tls,
        /// Our API answers, in a version that this window speaks.
        Api,
        /// It accepts this person's session.
        SignIn,
        /// The database can be read.
        Database,
    }

    /// How a step went.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum StepOutcome {
        /// As it should.
        Good,
        /// Not; the words say what to do.
        Bad,
        /// Not taken; the words say why.
        Skipped,
    }

    /// One step and how it went.
    pub struct ConnectionFinding {
        /// Which.
        pub step: ConnectionStep,
        /// How it went.
        pub outcome: StepOutcome,
        /// For people: what was found, and what to do.
        pub words: String,
    }

    /// How far the way to a system goes: all six steps, in their order.
    pub struct ConnectionTest {
        /// In the order in which they are taken.
        pub findings: Vec<ConnectionFinding>,
    }

    /// Production begins read-only and is opened for a while.
    pub struct ProductionLock {
        /// For how much longer changes can be made, in seconds; `None`: it is read-only.
        pub open_for_s: Option<u32>,
        /// Why it was opened. Goes along with every change.
        pub reason: Option<String>,
    }
}
