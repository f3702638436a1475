//! What only the window's page and its Rust side say to each other.

use crate::{
    access::{SignInStep, StaffAccess},
    auth::StaffInfo,
    environments::ProductionLock,
    live::Freshness,
    now::NowView,
    triage::{CaseView, ContradictionPage},
    wire::wire,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

wire! {
    /// A system that this window can work on.
    pub struct Environment {
        /// Made by the window.
        pub id: String,
        /// For people: "Local", "Production EU".
        pub name: String,
        /// Decides colour, words and caution.
        pub kind: EnvironmentKind,
        /// Base URL of the API. `https`, or loopback.
        pub api_url: String,
        /// Whose certificates are trusted there besides those that this machine trusts: PEM, at most 32 KiB.
        pub authority: Option<String>,
    }

    /// An environment as a person writes it down.
    pub struct EnvironmentDraft {
        /// 1 to 40 characters.
        pub name: String,
        /// Decides colour, words and caution.
        pub kind: EnvironmentKind,
        /// Base URL of the API. `https`, or loopback.
        pub api_url: String,
        /// As in [`Environment`]; blank: none.
        pub authority: Option<String>,
    }

    /// Decides colour, words and caution.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum EnvironmentKind {
        /// A developer's machine.
        Local,
        /// For trying things.
        Staging,
        /// Real customers.
        Production,
    }

    /// Kept by `tauri-plugin-store`; never a secret.
    pub struct Preferences {
        /// Version of this shape.
        pub schema: u32,
        /// Light, dark, or as the system has it.
        pub theme: Theme,
        /// Height of a row.
        pub density: Density,
        /// Relative or absolute times.
        pub times: Times,
        /// Tell of what newly needs a person (contradictions, plans that wait for their approval) by a notification of the desktop;
        /// off until they turn it on.
        #[serde(default)]
        pub notify_contradictions: bool,
        /// Environment to open with.
        pub environment_id: Option<String>,
        /// Known environments.
        pub environments: Vec<Environment>,
    }

    /// Light, dark, or as the system has it.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum Theme {
        /// As the system has it.
        System,
        /// Light.
        Light,
        /// Dark.
        Dark,
    }

    /// Height of a row.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum Density {
        /// 28 px.
        Compact,
        /// 32 px.
        Normal,
        /// 40 px.
        Relaxed,
    }

    /// How times are written.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum Times {
        /// "2 min ago", exact on hover.
        Relative,
        /// In this machine's time zone.
        Local,
        /// In UTC.
        Utc,
    }

    /// Whether credentials outlive the window.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum KeychainState {
        /// Stored and read.
        Ready,
        /// There, but locked: unlock it, or go on for this session only.
        Locked,
        /// No keychain service on this machine.
        Absent,
        /// The person dismissed the prompt.
        Denied,
        /// It answers, but does not do what is asked: it or its disk is full, or it is broken.
        Failing,
    }

    /// Everything the page needs for its first paint, read while the window is still hidden.
    pub struct Bootstrap {
        /// What the person chose.
        pub preferences: Preferences,
        /// Where we are; `None` when no environment is known yet.
        pub environment: Option<Environment>,
        /// Whether changes can be made there; `None` where they always can.
        pub production: Option<ProductionLock>,
        /// Who is signed in; `None`: show the sign-in screen.
        pub staff: Option<StaffInfo>,
        /// What that person may do; `None` until the API could be asked.
        pub access: Option<StaffAccess>,
        /// Somebody whose password was accepted and who has something to do before they are signed in.
        pub entering: Option<Entering>,
        /// Why nobody is signed in, for people, when something went wrong.
        pub sign_in_problem: Option<String>,
        /// Credentials may be kept that could not be used now: trying again without typing them may help.
        pub may_try_again: bool,
        /// Whether credentials outlive the window; of whoever is signed in: why theirs do not.
        pub keychain: KeychainState,
        /// Whoever is signed in is so until the window closes: as they asked, or because the keychain did not take it.
        pub session_only: bool,
        /// The first screen, when it could be read.
        pub now: Option<NowView>,
        /// What needs a person, with it.
        pub contradictions: Option<ContradictionPage>,
        /// How far it can be trusted.
        pub freshness: Freshness,
        /// Version of the window.
        pub version: String,
        /// The screen to open, as a path such as `/jobs/<id>`: a deep link, or where the person left.
        pub path: Option<String>,
    }

    /// Half-way through the door.
    pub struct Entering {
        /// Who.
        pub staff: StaffInfo,
        /// What is to be done, in this order.
        pub to_do: Vec<SignInStep>,
    }

    /// What an authenticator needs, told once.
    pub struct SecondFactorOffer {
        /// Base32, for typing.
        pub secret: String,
        /// The same as a picture to scan: an SVG document.
        pub picture: String,
    }

    /// What a command is bound to: the thing, as the person saw it.
    pub struct CommandTarget {
        /// User, job or session.
        pub id: Uuid,
        /// The version that was on the screen.
        pub version: u32,
        /// Made by the page for one press of a button; repeated for "try again". Becomes the `Idempotency-Key`.
        pub command_id: Uuid,
        /// What it is and on whom, for people: said when its answer is lost, also by a window opened later.
        pub title: String,
    }

    /// One press of a button that is bound to more than one thing.
    pub struct CommandIntent {
        /// As in [`CommandTarget`].
        pub command_id: Uuid,
        /// As in [`CommandTarget`].
        pub title: String,
    }

    /// What became of a command whose answer was lost.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum CommandOutcome {
        /// It was done, once.
        Done,
        /// It was not done, and never will be.
        NotDone,
        /// It was asked for too long ago: the API no longer knows.
        TooOld,
    }

    /// A command whose outcome has become known, after its answer was lost.
    pub struct SettledCommand {
        /// As in [`CommandTarget`].
        pub command_id: Uuid,
        /// What was asked, for people.
        pub title: String,
        /// The user it concerned.
        pub user_id: Option<Uuid>,
        /// The job it concerned.
        pub job_id: Option<Uuid>,
        /// What became of it.
        pub outcome: CommandOutcome,
    }

    /// A command whose outcome this window does not know yet.
    pub struct PendingCommand {
        /// As in [`CommandTarget`].
        pub command_id: Uuid,
        /// What was asked, for people: "Enable demo mode for ana@example.com".
        pub title: String,
        /// The user it concerned.
        pub user_id: Option<Uuid>,
        /// The job it concerned.
        pub job_id: Option<Uuid>,
    }
}

/// Why a command of the window failed. The page switches on `type`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum IpcError {
    /// No such thing.
    NotFound {
        /// For people.
        message: String,
    },
    /// The password was right; a code of the second factor is missing, wrong or was used before.
    SecondFactor {
        /// For people.
        message: String,
    },
    /// This needs a password (and code) given a few minutes ago: give it again, then repeat the command. Nothing was changed.
    Reauthenticate {
        /// For people.
        message: String,
    },
    /// One person alone may not do this here: it goes by a bulk plan that somebody else approves. Nothing was changed.
    SecondPerson {
        /// For people.
        message: String,
    },
    /// Sign in (again).
    Unauthorized {
        /// For people.
        message: String,
    },
    /// This role may not.
    Forbidden {
        /// For people.
        message: String,
    },
    /// It has changed since it was seen, or the rules do not allow it now. Nothing was changed.
    Conflict {
        /// For people.
        message: String,
        /// Finds the request in the API's log.
        request_id: String,
    },
    /// The case has moved since it was seen. Nothing was changed.
    Moved {
        /// For people.
        message: String,
        /// The case as it is now, to be shown beside what was seen.
        current: Box<CaseView>,
    },
    /// API or database cannot be reached. Nothing was changed.
    Unavailable {
        /// For people.
        message: String,
        /// Seconds.
        retry_after_s: u32,
    },
    /// The answer was lost: it may or may not have happened. The window finds out by itself.
    Unknown {
        /// For people.
        message: String,
        /// The command.
        command_id: Uuid,
    },
    /// A value is not acceptable.
    Validation {
        /// Which.
        field: String,
        /// For people.
        message: String,
    },
    /// What is on the screen is too old to act on.
    Stale {
        /// For people.
        message: String,
    },
    /// Production is read-only until the person unlocks it. Nothing was sent.
    ReadOnly {
        /// For people.
        message: String,
    },
    /// The keychain cannot be used.
    Keychain {
        /// In one word.
        state: KeychainState,
        /// For people: how to mend it.
        message: String,
    },
    /// A fault of ours; `id` finds it in the window's log.
    Internal {
        /// For people.
        message: String,
        /// Finds it in the log.
        id: String,
    },
}
