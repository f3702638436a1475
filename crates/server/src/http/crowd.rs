//! Room for new clients when all connections are taken: who has the server wait goes first.
//!
//! A client that dribbles its request costs it nothing and holds one of our connections. So a connection is listed for as long
//! as the server waits for its client: for a whole request, or for the next one. When somebody new comes and there is no room,
//! the connection is closed that has been listed the longest, of those first that have never sent a whole request.

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};
use tokio_util::sync::CancellationToken;

/// Whether it has ever sent a whole request; then when it was listed. What comes first goes first.
type Place = (bool, u64);

/// The connections on whose clients the server waits.
#[derive(Clone, Default)]
pub struct Crowd(Arc<Mutex<Listed>>);

#[derive(Default)]
struct Listed {
    next: u64,
    waiting: BTreeMap<Place, CancellationToken>,
}

impl Crowd {
    fn lock(&self) -> MutexGuard<'_, Listed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that has just been made.
    pub fn join(&self) -> Arc<Client> {
        let client = Client { crowd: self.clone(), place: Mutex::default(), leave: CancellationToken::new() };
        client.list(false);
        Arc::new(client)
    }

    /// Closes the one that has to go first. False: the server waits for none of them.
    pub fn make_room(&self) -> bool {
        match self.lock().waiting.pop_first() {
            Some((_, leave)) => {
                leave.cancel();
                true
            }
            None => false,
        }
    }
}

/// One connection's client.
pub struct Client {
    crowd: Crowd,
    place: Mutex<Option<Place>>,
    leave: CancellationToken,
}

impl Client {
    /// Ends when the connection has to make room.
    pub async fn has_to_leave(&self) {
        self.leave.cancelled().await;
    }

    /// Its whole request is here: now it waits for the server.
    pub fn asked(&self) {
        if let Some(place) = self.place().take() {
            self.crowd.lock().waiting.remove(&place);
        }
    }

    /// It was answered: the server waits for its next request.
    pub fn answered(&self) {
        self.asked();
        self.list(true);
    }

    /// The body of its request, which tells when the whole of it is here.
    pub fn body(self: &Arc<Self>, body: Body) -> Body {
        if body.is_end_stream() {
            self.asked();
        }
        Body::new(Arriving { body, client: Arc::clone(self) })
    }

    fn list(&self, has_asked: bool) {
        let mut listed = self.crowd.lock();
        listed.next += 1;
        let place = (has_asked, listed.next);
        listed.waiting.insert(place, self.leave.clone());
        drop(listed);
        *self.place() = Some(place);
    }

    fn place(&self) -> MutexGuard<'_, Option<Place>> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.asked();
    }
}

struct Arriving {
    body: Body,
    client: Arc<Client>,
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) || self.body.is_end_stream() {
            self.client.asked();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(client: &Client) -> bool {
        client.leave.is_cancelled()
    }

    #[test]
    fn who_never_asked_goes_before_who_did_and_the_oldest_goes_first() {
        let crowd = Crowd::default();
        let (idle, first, second, busy) = (crowd.join(), crowd.join(), crowd.join(), crowd.join());
        idle.answered();
        busy.asked();
        for (round, expected) in [[false, true, false], [false, true, true], [true, true, true]].iter().enumerate() {
            assert!(crowd.make_room());
            assert_eq!([leaves(&idle), leaves(&first), leaves(&second)], *expected, "round {round}");
        }
        assert!(!crowd.make_room(), "who waits for an answer stays");
        assert!(!leaves(&busy));
        busy.answered();
        assert!(crowd.make_room() && leaves(&busy));
    }

    #[test]
    fn who_has_gone_is_forgotten() {
        let crowd = Crowd::default();
        drop(crowd.join());
        assert!(!crowd.make_room());
        assert!(crowd.lock().waiting.is_empty());
    }

    #[tokio::test]
    async fn a_request_is_whole_when_its_body_is() {
        let crowd = Crowd::default();
        let client = crowd.join();
        let whole = client.body(Body::from("{}"));
        assert_eq!(crowd.lock().waiting.len(), 1, "its body has not been read");
        let _ = axum::body::to_bytes(whole, 10).await.expect("is read");
        assert!(crowd.lock().waiting.is_empty());
        client.answered();
        let _none = client.body(Body::empty());
        assert!(crowd.lock().waiting.is_empty(), "there is nothing to wait for");
    }
}
