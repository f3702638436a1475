//! Signing in, for customers and for staff.

use crate::{access::StaffAccess, wire::wire};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

wire! {
    /// `POST /auth/login`.
    #[serde(deny_unknown_fields)]
    pub struct LoginRequest {
        /// Compared without regard to case. At most 255 characters.
        #[cfg_attr(feature = "utoipa", schema(max_length = 255))]
        pub email: String,
        /// At most 1,024 characters.
        #[cfg_attr(feature = "utoipa", schema(max_length = 1024))]
        pub password: String,
    }

    /// `POST /auth/refresh` and `POST /staff/auth/refresh`. Customers with a cookie may send an empty object.
    #[serde(deny_unknown_fields)]
    pub struct RefreshRequest {
        /// The newest refresh token.
        pub refresh_token: Option<String>,
    }

    /// A pair of tokens. Both are opaque; both die with their session.
    pub struct Tokens {
        /// `Authorization: Bearer …`
        pub access_token: String,
        /// After this, refresh.
        pub access_expires_at: DateTime<Utc>,
        /// Good for one use; a lost answer may be asked for again.
        pub refresh_token: String,
        /// After this, sign in.
        pub refresh_expires_at: DateTime<Utc>,
    }

    /// Who is signed in, for a customer's client.
    pub struct SessionInfo {
        /// The session.
        pub session_id: Uuid,
        /// The user.
        pub user_id: Uuid,
        /// The user's e-mail.
        pub email: String,
        /// The user's name.
        pub full_name: Option<String>,
    }

    /// Answer to a customer's sign-in or refresh.
    pub struct SignedIn {
        /// The pair.
        pub tokens: Tokens,
        /// Whose.
        pub session: SessionInfo,
    }

    /// A person of the staff.
    pub struct StaffInfo {
        /// The person.
        pub id: Uuid,
        /// Their e-mail.
        pub email: String,
        /// Their name.
        pub name: String,
        /// What they may do.
        pub role: StaffRole,
    }

    /// Answer to a staff sign-in or refresh.
    pub struct StaffSignedIn {
        /// The pair.
        pub tokens: Tokens,
        /// Whose.
        pub staff: StaffInfo,
        /// What the session may do now.
        pub access: StaffAccess,
    }

    /// `POST /staff/database-login`: a login of this person's own, for reading, that ends by itself.
    pub struct DatabaseLogin {
        /// Where, as staff reach it.
        pub host: String,
        /// Port.
        pub port: u16,
        /// Database.
        pub database: String,
        /// Role, a member of `ops_reader`.
        pub user: String,
        /// Its password. Never logged.
        pub password: String,
        /// After this the database refuses new connections; mint a new one before.
        pub valid_until: DateTime<Utc>,
        /// It is one login for all staff, because this database cannot mint any: it does not end with the session.
        #[serde(default)]
        pub shared: bool,
    }
}

/// What a person of the staff may do: each role may do all that the one before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
pub enum StaffRole {
    /// Read.
    Viewer,
    /// Change demo modes and jobs, revoke a session.
    Support,
    /// Everything, staff included.
    Admin,
}

impl StaffRole {
    /// The word as it stands in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Support => "support",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for StaffRole {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "viewer" => Ok(Self::Viewer),
            "support" => Ok(Self::Support),
            "admin" => Ok(Self::Admin),
            other => Err(format!("`{other}` is not a staff role: use viewer, support or admin")),
        }
    }
}
