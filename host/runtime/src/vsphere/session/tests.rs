use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use stocktake_contract::ErrorCode;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::{Account, LOGINS, Sessions, VsphereSession};
use crate::credential::Credential;
use crate::gateway::{Body, Cause, Diagnosis, OutboundRequest, Timeouts, Transport};
use crate::limits::NetworkLimits;
use crate::vsphere::operation::Operation;

const CONTENT: &str = r#"<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><about><version>8.0.3</version><apiVersion>8.0.3.0</apiVersion></about><sessionManager type="SessionManager">sm-7</sessionManager></returnval></RetrieveServiceContentResponse>"#;

/// A vCenter without a network.
#[derive(Debug)]
struct Vcenter {
    state: Mutex<State>,
    /// Every session is over with its first call.
    forgets: AtomicBool,
    /// Logins that may be answered.
    doors: Semaphore,
    password: &'static str,
}

#[derive(Clone, Debug, Default)]
struct State {
    /// Methods in the order of their calls.
    called: Vec<String>,
    session: Option<String>,
    logins: u32,
}

impl Vcenter {
    fn new(password: &'static str) -> Arc<Self> {
        Arc::new(Vcenter {
            state: Mutex::default(),
            forgets: AtomicBool::new(false),
            doors: Semaphore::new(Semaphore::MAX_PERMITS),
            password,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("the state")
    }

    fn called(&self) -> Vec<String> {
        self.state().called.clone()
    }
}

fn envelope(body: &str) -> String {
    format!(
        r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><e:Body>{body}</e:Body></e:Envelope>"#
    )
}

fn fault(name: &str) -> http::Response<Body> {
    let body = envelope(&format!(
        r#"<e:Fault><faultcode>ServerFaultCode</faultcode><faultstring>no &amp; no</faultstring><detail><{name}Fault xmlns="urn:vim25" xsi:type="{name}"/></detail></e:Fault>"#
    ));
    let mut response = http::Response::new(Body::whole(body.into()));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

#[async_trait]
impl Transport for Vcenter {
    async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let method = outbound.call.expect("a call").name;
        let (head, body) = outbound.request.into_parts();
        let body = String::from_utf8(body.to_vec()).expect("UTF-8");
        let cookie = head.headers.get("cookie");
        let cookie = cookie.map(|cookie| cookie.to_str().expect("ASCII").to_owned());
        assert_eq!(head.uri, "https://vc.lan/sdk");
        self.state().called.push(method.clone());
        // Calls made at once arrive before one of them is answered.
        tokio::task::yield_now().await;
        if method == "Login" {
            self.doors.acquire().await.expect("open").forget();
        }
        let mut state = self.state();
        let answer = |inner: &str| {
            let body = envelope(&format!(
                r#"<{method}Response xmlns="urn:vim25">{inner}</{method}Response>"#
            ));
            http::Response::new(Body::whole(body.into()))
        };
        Ok(match method.as_str() {
            "RetrieveServiceContent" => http::Response::new(Body::whole(envelope(CONTENT).into())),
            "Login" => {
                assert_eq!(head.headers["soapaction"], "\"urn:vim25/8.0.3.0\"");
                assert!(
                    body.contains(r#"<_this type="SessionManager">sm-7</_this>"#),
                    "{body}"
                );
                if !body.contains(&format!("<password>{}</password>", self.password)) {
                    return Ok(fault("InvalidLogin"));
                }
                state.logins += 1;
                let session = format!("vmware_soap_session=\"{}\"", state.logins);
                let mut response = answer("<returnval/>");
                let cookie = format!("{session}; Path=/; HttpOnly")
                    .parse()
                    .expect("a cookie");
                response.headers_mut().insert("set-cookie", cookie);
                state.session = Some(session);
                response
            }
            _ if state.session.is_none() || state.session != cookie => fault("NotAuthenticated"),
            _ if self.forgets.load(SeqCst) => {
                state.session = None;
                fault("NotAuthenticated")
            }
            "Logout" => {
                state.session = None;
                answer("")
            }
            _ => {
                let mut response = answer("<returnval/>");
                let cookie = "vmware_soap_session=other".parse().expect("a cookie");
                response.headers_mut().insert("set-cookie", cookie);
                response
            }
        })
    }
}

fn session(transport: Arc<dyn Transport>) -> VsphereSession {
    let credential = Credential {
        username: "reader".to_owned(),
        password: Zeroizing::new("a<b>&\"c".to_owned()),
    };
    let account = Account {
        url: "https://vc.lan/sdk".to_owned(),
        credential,
        redaction: Arc::default(),
        limits: NetworkLimits::default(),
        session_of: None,
        session_to: None,
    };
    VsphereSession::new(transport, Arc::default(), account)
}

const PASSWORD: &str = "a&lt;b&gt;&amp;&quot;c";

fn outbound(method: &str, arguments: &str) -> OutboundRequest {
    let body = envelope(&format!(
        r#"<{method} xmlns="urn:vim25">{arguments}</{method}>"#
    ));
    let operation = Operation::from_body(body.as_bytes()).expect("a call");
    let limits = NetworkLimits::default();
    OutboundRequest {
        call: Some(operation.call()),
        request: http::Request::post("https://vc.lan/sdk")
            .extension(Arc::new(operation))
            .body(Bytes::from(body))
            .expect("a request"),
        timeouts: Timeouts {
            first_byte: limits.first_byte,
            between_bytes: limits.between_bytes,
            exchange: limits.exchange,
        },
        meter: Arc::default(),
    }
}

async fn call(session: &VsphereSession, method: &str) -> Result<(StatusCode, String), Diagnosis> {
    let response = session.send(outbound(method, "")).await?;
    assert!(!response.headers().contains_key("set-cookie"), "{method}");
    let status = response.status();
    let body = response.into_body().collect().await?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

fn problem(failed: Result<(StatusCode, String), Diagnosis>) -> stocktake_contract::Problem {
    let diagnosis = failed.expect_err("no session");
    assert!(
        matches!(diagnosis.cause, Cause::NoSession(_)),
        "{diagnosis:?}"
    );
    diagnosis.problem().expect("a problem")
}

#[tokio::test]
async fn the_session_is_made_once_and_by_the_first_call_that_needs_it() {
    let vcenter = Vcenter::new(PASSWORD);
    let session = session(vcenter.clone());
    call(&session, "RetrieveServiceContent")
        .await
        .expect("an answer");
    assert_eq!(vcenter.called(), ["RetrieveServiceContent"]);
    let calls = [(); 4].map(|()| call(&session, "CurrentTime"));
    for answer in futures_util::future::join_all(calls).await {
        assert_eq!(answer.expect("an answer").0, StatusCode::OK);
    }
    let called = vcenter.called();
    assert_eq!(called[1..3], ["RetrieveServiceContent", "Login"]);
    assert_eq!(called[3..], ["CurrentTime"; 4]);
    let sessions = session.close().await;
    assert_eq!(
        sessions,
        Sessions {
            logins: 1,
            logouts: 1,
            lost: 0
        }
    );
    assert_eq!(session.close().await, sessions);
    assert_eq!(vcenter.called().len(), 8);
}

#[tokio::test]
async fn a_lost_session_is_reported_and_replaced_before_the_next_call() {
    let vcenter = Vcenter::new(PASSWORD);
    let session = session(vcenter.clone());
    call(&session, "CurrentTime").await.expect("an answer");
    vcenter.state().session = None;
    let calls = [(); 2].map(|()| call(&session, "CurrentTime"));
    for answered in futures_util::future::join_all(calls).await {
        let (status, body) = answered.expect("a fault");
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(
            body.ends_with("</e:Envelope>") && body.contains("NotAuthenticated"),
            "{body}"
        );
    }
    assert_eq!(
        call(&session, "CurrentTime").await.expect("an answer").0,
        StatusCode::OK
    );
    let sessions = session.close().await;
    assert_eq!(
        sessions,
        Sessions {
            logins: 2,
            logouts: 1,
            lost: 1
        }
    );
}

#[tokio::test]
async fn a_server_that_ends_every_session_is_left_alone_after_a_few() {
    let vcenter = Vcenter::new(PASSWORD);
    let session = session(vcenter.clone());
    vcenter.forgets.store(true, SeqCst);
    for _ in 0..LOGINS {
        let (status, _) = call(&session, "CurrentTime").await.expect("a fault");
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    }
    for _ in 0..2 {
        let problem = problem(call(&session, "CurrentTime").await);
        assert_eq!(problem.code, ErrorCode::VcenterAuthFailed);
        assert!(problem.message.contains("ended 4 sessions"), "{problem}");
    }
    let sessions = session.close().await;
    assert_eq!(
        sessions,
        Sessions {
            logins: LOGINS,
            logouts: 0,
            lost: LOGINS
        }
    );
    assert_eq!(vcenter.state().logins, LOGINS);
}

#[tokio::test]
async fn a_refused_login_is_not_tried_again() {
    let vcenter = Vcenter::new("another");
    let session = session(vcenter.clone());
    for _ in 0..3 {
        let problem = problem(call(&session, "CurrentTime").await);
        assert_eq!(problem.code, ErrorCode::VcenterAuthFailed);
        assert!(
            problem.message.contains("login of reader was refused"),
            "{problem}"
        );
    }
    assert_eq!(session.close().await, Sessions::default());
    assert_eq!(vcenter.called(), ["RetrieveServiceContent", "Login"]);
}

#[tokio::test]
async fn after_the_end_there_is_no_session_and_none_is_made() {
    let vcenter = Vcenter::new(PASSWORD);
    let session = session(vcenter.clone());
    assert_eq!(session.close().await, Sessions::default());
    let late = call(&session, "CurrentTime").await.expect_err("too late");
    assert_eq!(late.cause, Cause::Interrupted);
    assert_eq!(vcenter.called(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_made_after_all_is_ended_after_all() {
    let vcenter = Vcenter::new(PASSWORD);
    vcenter.doors.forget_permits(Semaphore::MAX_PERMITS);
    let session = session(vcenter.clone());
    let waiting = {
        let other = session.clone();
        tokio::spawn(async move { call(&other, "CurrentTime").await })
    };
    while vcenter
        .called()
        .last()
        .is_none_or(|method| method != "Login")
    {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    let begun = tokio::time::Instant::now();
    session.close().await;
    assert_eq!(begun.elapsed(), super::LOGOUT_TIMEOUT);
    vcenter.doors.add_permits(1);
    while vcenter
        .called()
        .last()
        .is_none_or(|method| method != "Logout")
    {
        tokio::task::yield_now().await;
    }
    let sessions = session.close().await;
    assert_eq!(
        sessions,
        Sessions {
            logins: 1,
            logouts: 1,
            lost: 0
        }
    );
    assert_eq!(vcenter.state().session, None);
}

#[tokio::test]
async fn the_session_manager_is_refused_by_the_name_that_the_server_gives_it() {
    let vcenter = Vcenter::new(PASSWORD);
    let session = session(vcenter.clone());
    let arguments = "<specSet><objectSet><obj>sm-7</obj></objectSet></specSet>";
    let asked = session
        .send(outbound("RetrievePropertiesEx", arguments))
        .await;
    assert_eq!(asked.expect_err("denied").cause, Cause::Denied);
    assert!(
        !vcenter
            .called()
            .contains(&"RetrievePropertiesEx".to_owned())
    );
    session.close().await;
}

/// Answers everything as a proxy before a server that is down.
#[derive(Debug)]
struct Proxy;

#[async_trait]
impl Transport for Proxy {
    async fn send(&self, _: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
        let mut response = http::Response::new(Body::whole("<h1>Bad Gateway</h1>".into()));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        Ok(response)
    }
}

#[tokio::test]
async fn what_is_no_answer_of_a_vcenter_reaches_the_collector_as_it_is() {
    let session = session(Arc::new(Proxy));
    let (status, body) = call(&session, "CurrentTime").await.expect("a reply");
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert_eq!(body, "<h1>Bad Gateway</h1>");
    assert_eq!(session.close().await, Sessions::default());
}

#[tokio::test]
async fn debug_shows_neither_password_nor_session() {
    let session = session(Vcenter::new(PASSWORD));
    let shown = format!("{session:?}");
    assert!(
        shown.contains("https://vc.lan/sdk") && !shown.contains("a<b>"),
        "{shown}"
    );
}
