//! A server that answers from a fixture, over plain HTTP on loopback, and what
//! the executable makes of it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::process::Output;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::fixture::{AUTHORITY, Fixture, Recorded, hide_password};
use crate::server::Server;
use crate::{executable, request};

/// What the executable answers to the exchange of `fixture`.
///
/// # Panics
/// When it asks for less than was recorded, or does not answer in UTF-8.
#[must_use]
pub fn answer_to(fixture: &Fixture) -> String {
    answer_by(fixture, |asked| {
        executable::plugin(&asked.to_string(), &OF_A_RECORDING)
    })
}

/// Settings of the executable for a recording: it holds the collector's own
/// exchanges, each of them once.
pub const OF_A_RECORDING: [(&str, &str); 2] = [
    ("STOCKTAKE_CREDENTIALS_TO_GUEST", "1"),
    ("STOCKTAKE_ATTEMPTS", "1"),
];

/// What `collector` answers to the exchange of `fixture`.
///
/// # Panics
/// When it asks for less than was recorded, or does not answer in UTF-8.
pub fn answer_by(fixture: &Fixture, collector: impl FnOnce(&Value) -> Output) -> String {
    let replay = Replay::start(fixture.exchanges.clone());
    let mut asked = request::to(&replay.server, &fixture.case.mode);
    for (key, value) in &fixture.case.config {
        asked = request::with(asked, key, value.clone());
    }
    let output = collector(&asked);
    let authority = replay.server.url.trim_start_matches("http://");
    let response = String::from_utf8(output.stdout)
        .expect("UTF-8")
        .replace(authority, AUTHORITY);
    assert_eq!(replay.left(), 0, "exchanges that were not asked for");
    response
}

/// A running replay.
#[derive(Debug)]
pub struct Replay {
    /// How to reach it.
    pub server: Server,
    left: Arc<Mutex<Vec<Recorded>>>,
    _runtime: Runtime,
}

impl Replay {
    /// Serves `exchanges`: each request must be the next one recorded.
    ///
    /// # Panics
    /// When loopback cannot be listened on.
    #[must_use]
    pub fn start(exchanges: Vec<Recorded>) -> Self {
        let runtime = Runtime::new().expect("threads");
        let left = Arc::new(Mutex::new(exchanges));
        let listener = runtime
            .block_on(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))))
            .expect("loopback");
        let address = listener.local_addr().expect("an address");
        let tape = Arc::clone(&left);
        runtime.spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let tape = Arc::clone(&tape);
                tokio::spawn(async move {
                    let service = service_fn(move |request| answer(Arc::clone(&tape), request));
                    let _ = http1::Builder::new()
                        .serve_connection(TokioIo::new(connection), service)
                        .await;
                });
            }
        });
        Replay {
            server: Server {
                url: format!("http://{address}"),
                username: crate::fixture::USERNAME.to_owned(),
                password: crate::fixture::PASSWORD.to_owned(),
                ca_file: None,
                preferred_version: "7.0-8.x",
            },
            left,
            _runtime: runtime,
        }
    }

    /// Recorded exchanges that nobody asked for.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}

async fn answer(
    tape: Arc<Mutex<Vec<Recorded>>>,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let body = request
        .into_body()
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let body = hide_password(&String::from_utf8_lossy(&body));
    let recorded = {
        let mut tape = tape.lock().unwrap_or_else(PoisonError::into_inner);
        match tape.first() {
            Some(next) if next.request == body => Some(tape.remove(0)),
            _ => None,
        }
    };
    let mut response = http::Response::builder();
    let Some(recorded) = recorded else {
        // Nothing a vCenter says: the response will differ from the expected one and show this.
        let refusal = format!("not the recorded request: {body}");
        return Ok(response
            .status(418)
            .body(Full::from(refusal))
            .expect("a response"));
    };
    for (name, value) in &recorded.headers {
        response = response.header(name, value);
    }
    Ok(response
        .status(recorded.status)
        .body(Full::from(recorded.body))
        .expect("a response"))
}
