use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, StatusCode};
use zeroize::Zeroizing;

use super::super::Call;
use super::{AutomationAccount, AutomationSession, LOGOUTS};
use crate::credential::Credential;
use crate::gateway::{Body, Diagnosis, OutboundRequest, Timeouts, Transport};
use crate::limits::NetworkLimits;

/// A vCenter without a network.
#[derive(Debug, Default)]
struct Vcenter {
    /// Calls that each session is good for; 0 for as many as there are.
    good_for: usize,
    /// Status of every login, instead of a session.
    refuses: Option<u16>,
    /// Status of every logout.
    holds: Option<u16>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    called: Vec<String>,
    logins: usize,
    calls: usize,
    is_open: bool,
}

#[async_trait]
impl Transport for Vcenter {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let (head, _) = outbound.request.into_parts();
        let mut state = self.state.lock().expect("the state");
        state
            .called
            .push(format!("{} {}", head.method, head.uri.path()));
        let reply = |status: u16, body: String| {
            let mut response = http::Response::new(Body::whole(body.into()));
            *response.status_mut() = StatusCode::from_u16(status).expect("a status");
            let headers = response.headers_mut();
            headers.insert("vmware-api-session-id", "t0ken".parse().expect("a header"));
            headers.insert(
                "set-cookie",
                "vmware-api-session-id=t0ken".parse().expect("one"),
            );
            Ok(response)
        };
        let quoted = format!("{:?}", head.headers.get("vmware-api-session-id"));
        assert!(!quoted.contains("t0ken"), "a token is sensitive");
        let token = head.headers.get("vmware-api-session-id");
        let token = token.map(|token| token.to_str().expect("ASCII").to_owned());
        assert!(!head.headers.contains_key("cookie"));
        if head.uri.path().ends_with("/session") && head.method == Method::POST {
            if let Some(status) = self.refuses {
                return reply(status, "you sent s3cret".to_owned());
            }
            assert_eq!(head.headers["authorization"], "Basic cmVhZGVyOnM6M2NyZXQ=");
            state.logins += 1;
            state.calls = 0;
            state.is_open = true;
            let token = format!("\"t0ken{}\"", state.logins);
            return if head.uri.path().starts_with("/rest") {
                reply(200, format!("{{\"value\":{token}}}"))
            } else {
                reply(201, token)
            };
        }
        assert!(!head.headers.contains_key("authorization"));
        let is_known = state.is_open && token == Some(format!("t0ken{}", state.logins));
        if !is_known || (self.good_for > 0 && state.calls == self.good_for) {
            state.is_open = false;
            return reply(401, format!("no session {token:?}"));
        }
        if head.method == Method::DELETE {
            if let Some(status) = self.holds {
                return reply(status, String::new());
            }
            state.is_open = false;
            return reply(204, String::new());
        }
        state.calls += 1;
        reply(200, "[]".to_owned())
    }
}

impl Vcenter {
    fn called(&self) -> Vec<String> {
        self.state.lock().expect("the state").called.clone()
    }

    fn is_open(&self) -> bool {
        self.state.lock().expect("the state").is_open
    }
}

/// Answers what is no call of the Automation API.
#[derive(Debug)]
struct Others;

#[async_trait]
impl Transport for Others {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        assert!(outbound.request.headers().is_empty());
        Ok(http::Response::new(Body::whole("others".into())))
    }
}

fn session(vcenter: &Arc<Vcenter>) -> AutomationSession {
    let account = AutomationAccount {
        url: "https://vc.lan".to_owned(),
        credential: Credential {
            username: "reader".to_owned(),
            password: Zeroizing::new("s:3cret".to_owned()),
        },
        limits: NetworkLimits::default(),
    };
    let direct: Arc<dyn Transport> = vcenter.clone();
    AutomationSession::new(direct, Arc::new(Others), Arc::default(), account)
}

fn outbound(path: &str, is_tagging: bool) -> OutboundRequest {
    let request = http::Request::get(format!("https://vc.lan{path}"));
    let mut request = request.body(Bytes::new()).expect("a request");
    if is_tagging {
        let (head, body) = request.into_parts();
        let call = Call::from_request("", &head, &body).expect("a call");
        request = http::Request::from_parts(head, body);
        request.extensions_mut().insert(call);
    }
    let limit = NetworkLimits::default().exchange;
    OutboundRequest {
        request,
        call: None,
        timeouts: Timeouts {
            first_byte: limit,
            between_bytes: limit,
            exchange: limit,
        },
        meter: Arc::default(),
    }
}

const API: &str = "/api/cis/tagging/tag";
const REST: &str = "/rest/com/vmware/cis/tagging/tag";

/// The status and the body of the reply; its headers hold nothing of a session.
async fn call(session: &AutomationSession, path: &str) -> (u16, String) {
    let response = session.send(outbound(path, true)).await.expect("a reply");
    assert!(response.headers().is_empty(), "{:?}", response.headers());
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("UTF-8"))
}

#[tokio::test]
async fn a_session_is_made_with_the_first_call_and_ended_with_the_run() {
    for (path, root) in [(API, "/api"), (REST, "/rest/com/vmware/cis")] {
        let vcenter = Arc::new(Vcenter::default());
        let session = session(&vcenter);
        let other = session.send(outbound("/sdk", false)).await;
        assert!(other.is_ok() && vcenter.called().is_empty());
        for _ in 0..2 {
            assert_eq!(call(&session, path).await, (200, "[]".to_owned()));
        }
        session.close().await;
        assert_eq!(session.unended(), None);
        assert!(!vcenter.is_open());
        let login = format!("POST {root}/session");
        let logout = format!("DELETE {root}/session");
        let get = format!("GET {path}");
        assert_eq!(vcenter.called(), [login, get.clone(), get, logout]);
        let closed = session.send(outbound(path, true)).await;
        assert!(closed.is_err() && vcenter.called().len() == 4);
        assert!(!format!("{session:?}").contains("cret"));
    }
}

#[tokio::test]
async fn a_session_that_the_server_ended_is_replaced_once_a_call() {
    let vcenter = Arc::new(Vcenter {
        good_for: 2,
        ..Vcenter::default()
    });
    let session = session(&vcenter);
    for _ in 0..4 {
        assert_eq!(call(&session, API).await.0, 200);
    }
    let logins = |vcenter: &Vcenter| vcenter.state.lock().expect("the state").logins;
    assert_eq!(logins(&vcenter), 2);
    // A server that ends one session after the other is not asked for ever.
    let mut last = 200;
    for _ in 0..20 {
        last = call(&session, API).await.0;
    }
    assert_eq!((last, logins(&vcenter)), (401, 4));
}

#[tokio::test]
async fn a_login_that_was_refused_is_not_tried_again_and_its_reply_not_shown() {
    for status in [401, 403, 404, 503] {
        let vcenter = Arc::new(Vcenter {
            refuses: Some(status),
            ..Vcenter::default()
        });
        let session = session(&vcenter);
        for _ in 0..3 {
            assert_eq!(call(&session, API).await, (status, String::new()));
        }
        session.close().await;
        assert_eq!(vcenter.called(), ["POST /api/session"]);
    }
}

#[tokio::test]
async fn calls_of_another_family_are_made_in_a_session_of_their_own() {
    let vcenter = Arc::new(Vcenter::default());
    let session = session(&vcenter);
    assert_eq!(call(&session, API).await.0, 200);
    assert_eq!(call(&session, REST).await.0, 200);
    session.close().await;
    let called = vcenter.called();
    assert_eq!(called[2], "DELETE /api/session");
    assert_eq!(called[5], "DELETE /rest/com/vmware/cis/session");
}

#[tokio::test]
async fn a_session_that_cannot_be_ended_is_reported() {
    let vcenter = Arc::new(Vcenter {
        holds: Some(503),
        ..Vcenter::default()
    });
    let session = session(&vcenter);
    call(&session, API).await;
    session.close().await;
    let problem = session.unended().expect("a problem");
    assert!(problem.message.contains("503"), "{}", problem.message);
    let logouts = vcenter.called();
    let logouts = logouts.iter().filter(|call| call.starts_with("DELETE"));
    assert_eq!(logouts.count(), LOGOUTS as usize);
}
