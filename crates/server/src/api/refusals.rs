//! What every write of staff has in common, for the description of the API.

use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses,
    openapi::{
        Content, ObjectBuilder, RefOr, Required, Response, ResponseBuilder, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

/// Visible ASCII; other characters do not survive every proxy.
const KEY: &str = "^[!-~]{8,100}$";
/// In quotes as the standard has it, or without.
const VERSION: &str = "^(\"[0-9]{1,9}\"|[0-9]{1,9})$";

/// The headers of a write that is bound to the version that was seen.
pub struct WriteHeaders;

/// The header of a write that is bound to no version by its headers: it makes something, or its body has the versions.
pub struct KeyHeader;

/// How a write that is bound to the version that was seen can be refused.
pub struct WriteRefusals;

impl IntoParams for WriteHeaders {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("Idempotency-Key", KEY), header("If-Match", VERSION)]
    }
}

impl IntoParams for KeyHeader {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("Idempotency-Key", KEY)]
    }
}

fn header(name: &str, pattern: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern))))
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
