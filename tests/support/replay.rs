//! A server that replays a fixture, over plain HTTP on loopback, and what
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

use crate::fixture::{AUTHORITY, Fixture, HIDDEN, Recorded, SessionOf};
use crate::server::Server;
use crate::{executable, request};

/// The output of the executable for the exchange of `fixture`.
///
/// # Panics
/// When it sends fewer requests than recorded, or its output is not UTF-8.
#[must_use]
pub fn answer_to(fixture: &Fixture) -> String {
    let settings = match fixture.case.session {
        SessionOf::Collector => &OF_A_RECORDING[..],
        SessionOf::Host => &OF_A_RECORDING[..1],
    };
    answer_by(fixture, |asked| {
        executable::plugin(&asked.to_string(), settings)
    })
}

/// Settings of the executable for a recording: it holds each exchange once, and they are
/// the collector's own.
pub const OF_A_RECORDING: [(&str, &str); 2] = [
    ("STOCKTAKE_ATTEMPTS", "1"),
    ("STOCKTAKE_CREDENTIALS_TO_GUEST", "1"),
];

/// The output of `collector` for the exchange of `fixture`.
///
/// # Panics
/// When it sends fewer requests than recorded, or its output is not UTF-8.
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
    tape: Arc<Mutex<Tape>>,
    _runtime: Runtime,
}

/// The remaining exchanges, and the cookies set so far.
#[derive(Debug)]
struct Tape {
    left: Vec<Recorded>,
    /// Cookies besides the session, which each later request must return.
    cookies: Vec<String>,
}

/// The cookie that is a session, which ends before the last request.
const SESSION: &str = "vmware_soap_session=";

impl Replay {
    /// Serves `exchanges`: each request must be the next one recorded, with every cookie that
    /// was set before, and logs in by what a recording has for a password.
    ///
    /// # Panics
    /// When loopback cannot be listened on.
    #[must_use]
    pub fn start(exchanges: Vec<Recorded>) -> Self {
        let runtime = Runtime::new().expect("threads");
        let tape = Arc::new(Mutex::new(Tape {
            left: exchanges,
            cookies: Vec::new(),
        }));
        let listener = runtime
            .block_on(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))))
            .expect("loopback");
        let address = listener.local_addr().expect("an address");
        let played = Arc::clone(&tape);
        runtime.spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let tape = Arc::clone(&played);
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
                password: HIDDEN.to_owned(),
                ca_file: None,
                preferred_version: "7.0-8.x",
            },
            tape,
            _runtime: runtime,
        }
    }

    /// Recorded exchanges that were not requested.
    #[must_use]
    pub fn left(&self) -> usize {
        let tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        tape.left.len()
    }
}

async fn answer(
    tape: Arc<Mutex<Tape>>,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let body = String::from_utf8_lossy(&body);
    let sent: Vec<&str> = head
        .headers
        .get_all("cookie")
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split("; "))
        .collect();
    let recorded = {
        let mut tape = tape.lock().unwrap_or_else(PoisonError::into_inner);
        let missing = tape
            .cookies
            .iter()
            .find(|set| !sent.contains(&set.as_str()));
        match (missing, tape.left.first()) {
            (Some(missing), _) => Err(format!("not with the cookie {missing}")),
            (None, Some(next)) if next.request == body => {
                let recorded = tape.left.remove(0);
                tape.keep_cookies(&recorded);
                Ok(recorded)
            }
            _ => Err(format!("not the recorded request: {body}")),
        }
    };
    let mut response = http::Response::builder();
    let recorded = match recorded {
        Ok(recorded) => recorded,
        // No vCenter sends this: the response differs from the expected one and shows it.
        Err(refusal) => {
            return Ok(response
                .status(418)
                .body(Full::from(refusal))
                .expect("a response"));
        }
    };
    for (name, value) in &recorded.headers {
        response = response.header(name, value);
    }
    Ok(response
        .status(recorded.status)
        .body(Full::from(recorded.body))
        .expect("a response"))
}

impl Tape {
    fn keep_cookies(&mut self, recorded: &Recorded) {
        let set = recorded
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie");
        let pairs = set.filter_map(|(_, value)| value.split(';').next());
        for pair in pairs.filter(|pair| !pair.starts_with(SESSION)) {
            self.cookies.push(pair.to_owned());
        }
    }
}
