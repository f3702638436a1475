//! JSON bodies: bounded, strict, and kept as they came for the idempotency key.

use super::error::ApiError;
use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::header,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

/// Bytes at most.
pub const BODY_MAX: usize = 64 * 1024;

/// A JSON body. An absent one counts as `{}`: the former backend's clients send none where nothing needs saying.
#[derive(Debug)]
pub struct Strict<T> {
    /// What it says.
    pub value: T,
    /// As it came.
    pub raw: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Strict<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        let raw = read(request.into_body()).await?;
        if raw.is_empty() {
            return Ok(Self { value: parse(b"{}")?, raw });
        }
        if !is_json {
            return Err(ApiError::not_json());
        }
        Ok(Self { value: parse(&raw)?, raw })
    }
}

async fn read(body: Body) -> Result<Bytes, ApiError> {
    match Limited::new(body, BODY_MAX).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(ApiError::too_large()),
        Err(_) => Err(ApiError::malformed("The body ended before it was complete.")),
    }
}

fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T, ApiError> {
    // serde would read a list as a struct, field by field.
    if raw.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::malformed("The body is not a JSON object."));
    }
    let mut reader = serde_json::Deserializer::from_slice(raw);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        refusal(&path, error.inner())
    })?;
    reader.end().map_err(|error| refusal(".", &error))?;
    Ok(value)
}

/// serde's words are for programmers, but they are exact, short and hold nothing of ours.
fn refusal(path: &str, error: &serde_json::Error) -> ApiError {
    if !error.is_data() {
        return ApiError::malformed(format!("The body is not JSON: line {}, column {}.", error.line(), error.column()));
    }
    let text = error.to_string();
    let sentence = text.split(" at line ").next().unwrap_or_default();
    let named = ["unknown field `", "missing field `"].iter().find_map(|start| sentence.strip_prefix(start));
    let named = named.and_then(|rest| rest.split('`').next());
    let field = match (path, named) {
        ("." | "?", Some(name)) => name.to_owned(),
        ("." | "?", None) => return ApiError::malformed(format!("The body does not fit: {sentence}.")),
        // The path of an unknown field ends in its name, the one of a missing field does not.
        (path, Some(name)) if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        (path, Some(name)) => format!("{path}.{name}"),
        (path, None) => path.to_owned(),
    };
    ApiError::invalid(&field, format!("The body does not fit: {sentence}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{auth::LoginRequest, staff::EnableDemoMode};

    fn field_of<T: DeserializeOwned + std::fmt::Debug>(raw: &str) -> String {
        format!("{:?}", parse::<T>(raw.as_bytes()).expect_err("refused"))
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let unknown = field_of::<LoginRequest>(r#"{"email":"a","password":"b","admin":true}"#);
        assert!(unknown.contains(r#"field: Some("admin")"#), "{unknown}");
        let missing = field_of::<LoginRequest>(r#"{"email":"a"}"#);
        assert!(missing.contains(r#"field: Some("password")"#), "{missing}");
        let deep = field_of::<EnableDemoMode>(r#"{"reason":"abc","profile":{"colour":"red"}}"#);
        assert!(deep.contains(r#"field: Some("profile.colour")"#), "{deep}");
        let kind = field_of::<EnableDemoMode>(r#"{"reason":5,"profile":{}}"#);
        assert!(kind.contains(r#"field: Some("reason")"#), "{kind}");
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for raw in ["{", "[1,", "nonsense", "{\"email\":\"a\",\"password\":\"b\"} trailing"] {
            assert!(field_of::<LoginRequest>(raw).contains("status: 400"), "{raw}");
        }
    }
}
