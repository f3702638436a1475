//! A write of staff: who asks for what on which thing, seen as what, why, and under which key.

use super::{
    permit::Permit,
    staff::{SignedIn, Staff},
};
use crate::{
    api::App,
    http::{body::Strict, error::ApiError, path::Id},
};
use axum::{
    RequestExt,
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use contract::{
    bulk::{ConfirmBulkPlan, MakeBulkPlan},
    members::{AddMember, ChangeRole, RequireSecondFactor},
    queues::WriteErrorWords,
    staff::{EnableDemoMode, Reschedule, RevokeSessions, TurnQueue, WithReason},
    triage::FixRequest,
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::marker::PhantomData;
use store::{Command, CommandKey};
use uuid::Uuid;

/// Header that makes a repeat harmless.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What a write of staff says in its body.
pub trait Intent: DeserializeOwned {
    /// Whether it is bound to the version that the person saw.
    const VERSIONED: bool = true;
    /// Whether it makes the thing that it is on: the address has no id then, and a new one is drawn.
    const MAKES: bool = false;
    /// Whether the address names the thing otherwise than by an id, or not at all: no id is read then.
    const NAMED: bool = false;

    /// Why; `None` only where the handler finds a reason itself.
    fn reason(&self) -> Option<&str>;
}

macro_rules! intents {
    ($($name:ident { $($const:ident),* }),+ $(,)?) => {
        $(impl Intent for $name {
            $(intents!(@ $const);)*

            fn reason(&self) -> Option<&str> {
                Some(&self.reason)
            }
        })+
    };
    (@ UNVERSIONED) => {
        const VERSIONED: bool = false;
    };
    (@ MAKES) => {
        const MAKES: bool = true;
    };
    (@ NAMED) => {
        const NAMED: bool = true;
    };
}

intents!(
    WithReason {},
    EnableDemoMode {},
    Reschedule {},
    RevokeSessions { UNVERSIONED },
    AddMember { UNVERSIONED, MAKES },
    ChangeRole {},
    RequireSecondFactor {},
    TurnQueue { NAMED },
    WriteErrorWords { NAMED },
    MakeBulkPlan { UNVERSIONED, MAKES },
    ConfirmBulkPlan {},
);

impl Intent for FixRequest {
    // The versions of user and job are in the body.
    const VERSIONED: bool = false;

    fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
}

/// A write that may be made. The permission `P`, how fresh the sign-in is, key and version are checked before anything else
/// is looked at.
#[derive(Debug)]
pub struct StaffWrite<T, P> {
    /// On what.
    pub id: Uuid,
    /// What is asked.
    pub body: T,
    /// By whom, why, bound to which version, with the fingerprint of the request under its key.
    pub command: Command,
    /// The person, for permissions that depend on what is asked.
    pub staff: SignedIn,
    permit: PhantomData<P>,
}

impl<T: Intent, P: Permit> FromRequest<App> for StaffWrite<T, P> {
    type Rejection = ApiError;

    async fn from_request(mut request: Request, app: &App) -> Result<Self, ApiError> {
        let Staff(staff) = request.extract_parts_with_state(app).await?;
        staff.require(P::PERMISSION)?;
        staff.require_not_alone(P::PERMISSION)?;
        staff.require_fresh(P::PERMISSION)?;
        let key = key(request.headers())?;
        let version = version(request.headers())?;
        let id = match (T::MAKES, T::NAMED) {
            (true, _) => store::new_id(),
            (_, true) => Uuid::nil(),
            _ => request.extract_parts::<Id>().await?.0,
        };
        let target = format!("{} {}", request.method(), request.uri().path());
        let Strict { value: body, raw } = Strict::<T>::from_request(request, app).await?;
        if T::VERSIONED && version.is_none() {
            return Err(ApiError::version_missing());
        }
        let mut hash = Sha256::new();
        hash.update(target.as_bytes());
        hash.update(format!("\n{version:?}\n").as_bytes());
        hash.update(&raw);
        let command = Command {
            key: Some(CommandKey { key, request_hash: hash.finalize().into() }),
            version,
            reason: body.reason().map(checked_reason).transpose()?,
            ..staff.command()
        };
        Ok(Self { id, body, command, staff, permit: PhantomData })
    }
}

fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let wrong = || {
        let message =
            "Send an Idempotency-Key of 8 to 100 visible ASCII characters; repeat it only for the same command.";
        ApiError::malformed(message).at("Idempotency-Key")
    };
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok()).ok_or_else(wrong)?;
    if is_key(key) { Ok(key.to_owned()) } else { Err(wrong()) }
}

/// Whether a text can be an Idempotency-Key.
pub fn is_key(key: &str) -> bool {
    (8..=100).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn version(headers: &HeaderMap) -> Result<Option<u32>, ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let number = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let wrong = || ApiError::malformed("If-Match is the version that was seen, in quotes: \"7\".").at("If-Match");
    // A number may have a sign for Rust; a version has none.
    let is_version = (1..=9).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    if is_version { number.parse().map(Some).map_err(|_| wrong()) } else { Err(wrong()) }
}

fn checked_reason(reason: &str) -> Result<String, ApiError> {
    let reason = reason.trim();
    let fits = (3..=500).contains(&reason.chars().count()) && !reason.contains('\0');
    if fits { Ok(reason.to_owned()) } else { Err(ApiError::invalid("reason", "Say why, in 3 to 500 characters.")) }
}
