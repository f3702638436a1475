//! The API: one file a resource. A handler reads, asks the store, and answers.

mod answer;
mod auth;
mod cookies;
mod database_login;
mod demo;
mod health;
mod jobs;
mod openapi;
mod profile;
mod refusals;
mod second_factor;
mod sign_in;
mod staff_account;
mod staff_auth;
mod staff_bulk;
mod staff_commands;
mod staff_demo_mode;
mod staff_error_words;
mod staff_fixes;
mod staff_jobs;
mod staff_members;
mod staff_queues;
mod staff_second_factor;
mod staff_sessions;
mod time;

pub use database_login::{ReaderAddress, SharedReader};
pub use openapi::document;

use crate::{
    auth::{attempts::Attempts, pace::Pace, passwords::Passwords, sealing::SealingKeys},
    http::{border, error::ApiError},
    worker::DemoService,
};
use axum::{
    Router,
    http::{HeaderName, HeaderValue, Method, header},
    routing::get,
};
use read_model::ReadModel;
use std::{sync::Arc, time::Duration};
use store::{BulkGuards, Store, TokenLife};
use tower_http::cors::CorsLayer;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What every handler shares.
#[derive(Clone)]
pub struct App {
    /// Writes, and the customers' reads.
    pub store: Store,
    /// What staff see after a write.
    pub read: ReadModel,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Failed sign-ins.
    pub attempts: Attempts,
    /// Where staff reach the database.
    pub reader: Arc<ReaderAddress>,
    /// How long what staff are given lives.
    pub lives: StaffLives,
    /// How fast one person of the staff may ask.
    pub pace: Pace,
    /// Nobody of the staff does anything without a second factor.
    pub second_factor_required: bool,
    /// What secrets of second factors are stored under.
    pub sealing_keys: SealingKeys,
    /// One login for all staff, where none can be minted.
    pub shared_reader: Option<Arc<SharedReader>>,
    /// Whom to ask whether a profile is there; `None`: this API was not told.
    pub demo_service: Option<DemoService>,
    /// What is asked of people before a bulk plan begins.
    pub bulk: BulkGuards,
}

/// What is asked of staff and given to them.
#[derive(Clone)]
pub struct StaffTerms {
    /// How long what they are given lives.
    pub lives: StaffLives,
    /// How fast one person may ask.
    pub pace: Pace,
    /// Failed sign-ins of one address, customers' included, that go without a delay.
    pub failures_per_address: u32,
    /// Everybody must have a second factor.
    pub second_factor_required: bool,
    /// What their secrets are stored under.
    pub sealing_keys: SealingKeys,
    /// One login for all of them, where none can be minted.
    pub shared_reader: Option<SharedReader>,
    /// Where profiles are.
    pub demo_service: Option<DemoService>,
    /// What is asked of people before a bulk plan begins.
    pub bulk: BulkGuards,
}

/// How long what staff are given lives.
#[derive(Clone, Copy, Debug)]
pub struct StaffLives {
    /// Their tokens.
    pub tokens: TokenLife,
    /// Their database login: new connections are accepted for this long. The session may end it earlier.
    pub database_login: Duration,
}

impl App {
    /// The parts over one pool.
    ///
    /// # Errors
    /// When a password cannot be hashed.
    pub fn new(store: Store, reader: ReaderAddress, terms: StaffTerms) -> anyhow::Result<Self> {
        Ok(Self {
            read: ReadModel::new(store.pool().clone()),
            passwords: Passwords::new()?,
            attempts: Attempts::new(terms.failures_per_address),
            reader: Arc::new(reader),
            lives: terms.lives,
            pace: terms.pace,
            second_factor_required: terms.second_factor_required,
            sealing_keys: terms.sealing_keys,
            shared_reader: terms.shared_reader.map(Arc::new),
            demo_service: terms.demo_service,
            bulk: terms.bulk,
            store,
        })
    }
}

/// Every route below `/api/v1`, with its description.
fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(auth::login))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::logout))
        .routes(routes!(auth::logout_everywhere))
        .routes(routes!(auth::session))
        .routes(routes!(demo::enable))
        .routes(routes!(demo::disable))
        .routes(routes!(demo::dismiss))
        .routes(routes!(demo::status))
        .routes(routes!(demo::presets))
        .routes(routes!(jobs::status))
        .routes(routes!(staff_auth::login))
        .routes(routes!(staff_auth::refresh))
        .routes(routes!(staff_auth::logout))
        .routes(routes!(staff_auth::session))
        .routes(routes!(staff_account::reauthenticate))
        .routes(routes!(staff_account::change_password))
        .routes(routes!(staff_second_factor::begin))
        .routes(routes!(staff_second_factor::confirm))
        .routes(routes!(staff_members::list, staff_members::add))
        .routes(routes!(staff_members::disable))
        .routes(routes!(staff_members::enable))
        .routes(routes!(staff_members::reset_password))
        .routes(routes!(staff_members::change_role))
        .routes(routes!(staff_members::reset_second_factor))
        .routes(routes!(staff_members::require_second_factor))
        .routes(routes!(database_login::mint))
        .routes(routes!(staff_commands::settle))
        .routes(routes!(staff_demo_mode::enable))
        .routes(routes!(staff_demo_mode::disable))
        .routes(routes!(staff_demo_mode::cancel))
        .routes(routes!(staff_demo_mode::dismiss))
        .routes(routes!(staff_jobs::cancel))
        .routes(routes!(staff_jobs::retry))
        .routes(routes!(staff_jobs::reschedule))
        .routes(routes!(staff_fixes::fix_user))
        .routes(routes!(staff_fixes::fix_job))
        .routes(routes!(staff_bulk::make))
        .routes(routes!(staff_bulk::confirm))
        .routes(routes!(staff_bulk::approve))
        .routes(routes!(staff_bulk::discard))
        .routes(routes!(staff_bulk::pause))
        .routes(routes!(staff_bulk::resume))
        .routes(routes!(staff_bulk::abort))
        .routes(routes!(staff_bulk::retry_failed))
        .routes(routes!(staff_queues::pause))
        .routes(routes!(staff_queues::resume))
        .routes(routes!(staff_error_words::write))
        .routes(routes!(staff_sessions::revoke))
        .routes(routes!(staff_sessions::revoke_many))
        .routes(routes!(staff_sessions::probe))
}

/// The whole router. Browsers of `allowed_origins` may call it with their cookies, no others.
pub fn router(app: App, allowed_origins: Vec<HeaderValue>) -> Router {
    let (routes, _) = OpenApiRouter::new().nest("/api/v1", described()).split_for_parts();
    routes
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(async || ApiError::not_found("address"))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(cors(allowed_origins))
        .layer(axum::middleware::from_fn(border::pass))
        .with_state(app)
}

fn cors(allowed_origins: Vec<HeaderValue>) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(allowed_origins)
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            HeaderName::from_static(crate::auth::staff_write::IDEMPOTENCY_KEY),
        ])
        .expose_headers([border::REQUEST_ID, answer::REPLAYED, header::RETRY_AFTER])
}
