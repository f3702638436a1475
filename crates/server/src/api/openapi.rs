//! The description of the API, made from the handlers.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        ComponentsBuilder, OpenApi as Document, RefOr, Required, Schema,
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
    let (_, mut document) = OpenApiRouter::<super::App>::with_openapi(Description::openapi())
        .nest("/api/v1", super::described())
        .split_for_parts();
    name_operations(&mut document);
    allow_absent_bodies(&mut document);
    Ok(document.to_pretty_json()? + "\n")
}

/// By method and address, which no two of them share: functions of several files have the same name.
fn name_operations(document: &mut Document) {
    for (path, item) in &mut document.paths.paths {
        let words: Vec<String> =
            path.split('/').skip(3).map(|word| word.trim_matches(['{', '}']).replace('-', "_")).collect();
        for (method, operation) in [("get", &mut item.get), ("post", &mut item.post)] {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{}", words.join("_")));
            }
        }
    }
}

/// An absent body counts as `{}`, so it may be absent where nothing in it is required.
fn allow_absent_bodies(document: &mut Document) {
    let schemas = document.components.as_ref().map(|components| components.schemas.clone()).unwrap_or_default();
    let may_be_empty = |reference: &str| {
        let schema = reference.rsplit('/').next().and_then(|name| schemas.get(name));
        matches!(schema, Some(RefOr::T(Schema::Object(object))) if object.required.is_empty())
    };
    for item in document.paths.paths.values_mut() {
        let Some(body) = item.post.as_mut().and_then(|operation| operation.request_body.as_mut()) else { continue };
        let schema = body.content.values().find_map(|content| content.schema.as_ref());
        if matches!(schema, Some(RefOr::Ref(schema)) if may_be_empty(&schema.ref_location)) {
            body.required = Some(Required::False);
        }
    }
}
