//! Words for errors that no rule has words for.

use super::{
    App, answer,
    refusals::{WriteHeaders, WriteRefusals},
};
use crate::{
    auth::{permit::ErrorWordsWrite, staff_write::StaffWrite},
    http::error::ApiError,
};
use axum::{extract::State, response::Response};
use contract::queues::{ErrorWords, WriteErrorWords};
use std::ops::RangeInclusive;
use store::Words;

/// Says what an error is called, what the customer sees, and what to reply.
#[utoipa::path(post, path = "/staff/error-words", tag = "staff", security(("staff" = [])),
    params(WriteHeaders), request_body = WriteErrorWords,
    responses((status = 200, body = ErrorWords), WriteRefusals))]
pub async fn write(
    State(app): State<App>,
    write: StaffWrite<WriteErrorWords, ErrorWordsWrite>,
) -> Result<Response, ApiError> {
    let WriteErrorWords { fingerprint, title, customer_sees, ticket_reply, .. } = write.body;
    if fingerprint.contains('\0') {
        return Err(ApiError::not_found("error")); // no text of the database has that character
    }
    let words = Words {
        title: fitting("title", &title, 3..=100)?,
        customer_sees: fitting("customer_sees", &customer_sees, 3..=500)?,
        ticket_reply: fitting("ticket_reply", &ticket_reply, 3..=2_000)?,
    };
    let done = app.store.write_error_words(&fingerprint, words, &write.command).await;
    answer::with_view(done, app.read.error_words_of(&fingerprint)).await
}

fn fitting(field: &str, text: &str, length: RangeInclusive<usize>) -> Result<String, ApiError> {
    let text = text.trim();
    if length.contains(&text.chars().count()) && !text.contains('\0') {
        return Ok(text.to_owned());
    }
    Err(ApiError::invalid(field, format!("Write {} to {} characters.", length.start(), length.end())))
}
