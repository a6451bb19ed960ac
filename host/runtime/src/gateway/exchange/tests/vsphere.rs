//! What a collector of a vCenter may send, and what of it arrives.

use std::sync::{Arc, Mutex};

use http::HeaderMap;
use http_body_util::BodyExt as _;
use stocktake_contract::ErrorCode;
use tokio_util::sync::CancellationToken;
use wasmtime_wasi_http::{Error as GuestError, WasiBody};
use zeroize::Zeroizing;

use super::{Bytes, Full, Gateway, send};
use crate::credential::Credential;
use crate::gateway::Policy;
use crate::gateway::testing::{Answer, Asked, serve, text};

const CONTENT: &str = r#"<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><about><version>8.0.3</version></about><sessionManager type="SessionManager">SessionManager</sessionManager></returnval></RetrieveServiceContentResponse>"#;

fn envelope(body: &str) -> String {
    format!(
        r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>{body}</e:Body></e:Envelope>"#
    )
}

fn call(method: &str, arguments: &str) -> String {
    envelope(&format!(
        r#"<{method} xmlns="urn:vim25">{arguments}</{method}>"#
    ))
}

/// What arrived: bodies and headers.
type Arrived = Arc<Mutex<Vec<(String, HeaderMap)>>>;

fn vcenter(asked: &Asked, arrived: &Arrived) -> Answer {
    let body = String::from_utf8_lossy(asked.body()).into_owned();
    let mut answer = text(if body.contains("<RetrieveServiceContent") {
        envelope(CONTENT)
    } else if body.contains("<Login") {
        envelope(r#"<LoginResponse xmlns="urn:vim25"/>"#)
    } else {
        envelope(r#"<AnyResponse xmlns="urn:vim25"/>"#)
    });
    for (name, value) in [
        ("set-cookie", "vmware_soap_session=\"the-hosts\"; Path=/"),
        ("vmware-api-session-id", "the-hosts"),
    ] {
        answer
            .headers_mut()
            .append(name, value.parse().expect("a value"));
    }
    let headers = asked.headers().clone();
    arrived.lock().expect("the log").push((body, headers));
    answer
}

async fn brokered() -> (Gateway, String, Arrived) {
    let arrived = Arrived::default();
    let log = arrived.clone();
    let server = serve(None, move |asked| {
        let answer = vcenter(&asked, &log);
        async move { answer }
    })
    .await;
    let endpoint = format!("http://{}", server.address);
    let request = format!(r#"{{"source":{{"config":{{"endpoint":"{endpoint}"}}}}}}"#);
    let credential = Credential {
        username: "reader".to_owned(),
        password: Zeroizing::new("s3cret".to_owned()),
    };
    let policy = Policy::for_request(&request);
    let gateway = Gateway::new(&policy, Some(credential), CancellationToken::new(), None);
    (gateway, format!("{endpoint}/sdk"), arrived)
}

fn request(url: &str, body: String) -> http::Request<WasiBody> {
    let body = Full::new(Bytes::from(body)).map_err(GuestError::from);
    http::Request::post(url)
        .header("soapaction", "\"urn:vim25/8.0\"")
        .body(body.boxed_unsync())
        .expect("a request")
}

#[tokio::test]
async fn what_a_hostile_collector_asks_for_never_leaves_the_host() {
    let (gateway, url, arrived) = brokered().await;
    let manager = r#"<_this type="SessionManager">SessionManager</_this>"#;
    let machine = r#"<_this type="VirtualMachine">vm-1</_this>"#;
    let read_sessions = r#"<specSet><propSet><type>SessionManager</type><pathSet>sessionList</pathSet></propSet><objectSet><obj type="SessionManager">SessionManager</obj></objectSet></specSet>"#;
    for (body, told) in [
        (call("Login", manager), "called Login"),
        (call("Logout", manager), "called Logout"),
        (call("PowerOffVM_Task", machine), "called PowerOffVM_Task"),
        (
            envelope(r#"<CurrentTime xmlns="urn:vim25"/><PowerOffVM_Task xmlns="urn:vim25"/>"#),
            "CurrentTime and PowerOffVM_Task",
        ),
        (call("RetrieveProperties", read_sessions), "session manager"),
        (call("CurrentTime", manager), "session manager"),
        ("PowerOffVM_Task".to_owned(), "not one call"),
    ] {
        let error = send(&gateway, request(&url, body)).await;
        assert!(
            matches!(error, Err(GuestError::HttpRequestDenied)),
            "{told}"
        );
        let diagnoses = gateway.diary().take();
        let problem = diagnoses[0].problem().expect("a problem");
        assert_eq!(problem.code, ErrorCode::EgressDenied);
        assert!(problem.message.contains(told), "{problem}");
    }
    assert_eq!(
        gateway.close().await,
        Some(crate::gateway::Sessions::default())
    );
    assert!(arrived.lock().expect("the log").is_empty());
}

#[tokio::test]
async fn the_wire_knows_the_hosts_session_and_the_collector_knows_none() {
    let (gateway, url, arrived) = brokered().await;
    for method in ["RetrieveServiceContent", "CurrentTime"] {
        let mut smuggling = request(&url, call(method, ""));
        for (name, value) in [
            ("cookie", "vmware_soap_session=\"smuggled\""),
            ("authorization", "Basic smuggled"),
            ("vmware-api-session-id", "smuggled"),
            ("vmware-cgi-ticket", "smuggled"),
            ("x-smuggled", "smuggled"),
        ] {
            let headers = smuggling.headers_mut();
            headers.append(name, value.parse().expect("a value"));
        }
        let (head, _) = send(&gateway, smuggling).await.expect("an answer");
        assert!(
            !format!("{:?}", head.headers).contains("the-hosts"),
            "{method}"
        );
        assert!(!head.headers.contains_key("set-cookie"), "{method}");
    }
    gateway.close().await;
    let arrived = arrived.lock().expect("the log");
    let sessions: Vec<bool> = arrived
        .iter()
        .map(|(_, headers)| {
            assert!(!format!("{headers:?}").contains("smuggled"), "{headers:?}");
            let cookies: Vec<_> = headers.get_all("cookie").iter().collect();
            assert!(cookies.len() < 2);
            cookies.contains(
                &&"vmware_soap_session=\"the-hosts\""
                    .parse()
                    .expect("a value"),
            )
        })
        .collect();
    // The collector's first call, the host's two, the collector's second, the logout.
    assert_eq!(sessions, [false, false, false, true, true]);
    assert!(arrived[2].0.contains("<password>s3cret</password>"));
    assert!(arrived[4].0.contains("<Logout "));
}
