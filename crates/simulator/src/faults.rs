//! Plays the dials on a request, before and after its work.

use crate::{cut::Cut, dials::Dials, running::App};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use rand::{Rng, rngs::StdRng};
use std::time::Duration;

/// What will happen to one request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fate {
    latency: Duration,
    fault: Option<Fault>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    Hang,
    Error { status: u16, retry_after_s: u32 },
    Nonsense(usize),
    LostReply,
}

/// Answers that a broken service or a proxy before it has been seen to give.
const NONSENSE: [(&str, &str); 5] = [
    ("text/html", "<!doctype html><html><body><h1>It works!</h1></body></html>"),
    ("application/json", "{\"ok\": true}"),
    ("application/json", "{\"profile_id\": \"prof_1\", \"status\": \"gen"),
    ("application/json", "[]"),
    (
        "application/json",
        "{\"profile_id\": 7, \"status\": \"sleeping\", \"progress\": -3, \"step\": null, \"counts\": []}",
    ),
];

impl Fate {
    /// Every dial draws, whatever comes first, so that turning one does not shift the others.
    pub(crate) fn draw(dials: &Dials, rng: &mut StdRng) -> Self {
        let (least, most) = dials.latency_ms;
        let latency = Duration::from_millis(rng.random_range(least..=most));
        let hang = rng.random_bool(dials.hang_rate);
        let error = rng.random_bool(dials.error_rate);
        let nonsense = rng.random_bool(dials.nonsense_rate);
        let which = rng.random_range(0..NONSENSE.len());
        let lost = rng.random_bool(dials.lost_reply_rate);
        let fault = match (hang, error, nonsense, lost) {
            (true, ..) => Some(Fault::Hang),
            (_, true, ..) => Some(Fault::Error { status: dials.error_status, retry_after_s: dials.retry_after_s }),
            (_, _, true, _) => Some(Fault::Nonsense(which)),
            (_, _, _, true) => Some(Fault::LostReply),
            _ => None,
        };
        Self { latency, fault }
    }
}

/// The middleware around the service's own routes.
pub(crate) async fn play(
    State(app): State<App>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response {
    let fate = app.draw_fate();
    if app.stopping.run_until_cancelled(tokio::time::sleep(fate.latency)).await.is_none() {
        cut.cut();
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match fate.fault {
        None => next.run(request).await,
        Some(Fault::Hang) => {
            app.stopping.cancelled().await;
            cut.cut();
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Some(Fault::Error { status, retry_after_s }) => refusal(status, retry_after_s),
        Some(Fault::Nonsense(which)) => {
            let (kind, body) = NONSENSE[which];
            ([(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Some(Fault::LostReply) => {
            let answer = next.run(request).await;
            cut.cut();
            answer
        }
    }
}

fn refusal(status: u16, retry_after_s: u32) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let mut answer = (status, "the demo service is having trouble\n").into_response();
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        let seconds = HeaderValue::from(retry_after_s);
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    answer
}
