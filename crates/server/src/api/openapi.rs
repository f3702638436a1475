//! The description of the API, made from the handlers.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        ComponentsBuilder,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(title = "Repruv API", description = "Customers' demo mode, and what staff do to it. Every refusal is an ErrorBody."),
    modifiers(&Security),
    components(schemas(contract::error::ErrorBody)),
    tags(
        (name = "auth", description = "Customers sign in and out"),
        (name = "demo", description = "A customer's own demo mode"),
        (name = "staff", description = "What staff do; every write carries Idempotency-Key, If-Match and a reason"),
    )
)]
struct Description;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(|| ComponentsBuilder::new().build());
        let bearer = || SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("customer", bearer());
        components.add_security_scheme("staff", bearer());
        let cookie = ApiKey::Cookie(ApiKeyValue::new(crate::auth::customer::ACCESS_COOKIE));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

/// The document as pretty JSON with a line end.
///
/// # Errors
/// Never in practice: the document is made of strings and lists.
pub fn document() -> anyhow::Result<String> {
    let (_, document) = OpenApiRouter::<super::App>::with_openapi(Description::openapi())
        .nest("/api/v1", super::described())
        .split_for_parts();
    Ok(document.to_pretty_json()? + "\n")
}
