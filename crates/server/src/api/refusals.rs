//! What every write of staff has in common, for the description of the API.

use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses, PartialSchema,
    openapi::{
        Content, RefOr, Required, Response, ResponseBuilder,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

/// The headers of a write that is bound to the version that was seen.
pub struct WriteHeaders;

/// The header of a fix: the versions that were seen are in its body.
pub struct FixHeaders;

/// How a write that is bound to the version that was seen can be refused.
pub struct WriteRefusals;

impl IntoParams for WriteHeaders {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("Idempotency-Key"), header("If-Match")]
    }
}

impl IntoParams for FixHeaders {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("Idempotency-Key")]
    }
}

fn header(name: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .schema(Some(String::schema()))
        .build()
}

impl IntoResponses for WriteRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let body = Content::new(Some(utoipa::openapi::Ref::from_schema_name("ErrorBody")));
        let refusal = ResponseBuilder::new().content("application/json", body).build();
        [400, 401, 403, 404, 409, 413, 415, 422, 428, 429, 503]
            .map(|status| (status.to_string(), RefOr::T(refusal.clone())))
            .into()
    }
}
