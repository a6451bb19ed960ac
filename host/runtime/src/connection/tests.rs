//! What a collector of a vCenter may send, and what of it arrives.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt as _, Full};
use stocktake_contract::ErrorCode;
use wasmtime_wasi_http::{Error as GuestError, WasiBody, WasiHttpHooks as _};
use zeroize::Zeroizing;

use super::{Connection, Purpose};
use crate::credential::Credential;
use crate::gateway::testing::{Answer, Asked, serve, text};
use crate::gateway::{Body, Diagnosis, Gateway, OutboundRequest, Transport};
use crate::policy::Policy;
use crate::request::Request;
use crate::vsphere::Sessions;

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

/// A connection to a vCenter at this address, and where its API is.
fn connect(address: &str, is_brokered: bool) -> (Connection, String) {
    let request = format!(r#"{{"source":{{"config":{{"endpoint":"http://{address}"}}}}}}"#);
    let request = Request::parse(&request).expect("JSON");
    let credential = is_brokered.then(|| Credential {
        username: "reader".to_owned(),
        password: Zeroizing::new("s3cret".to_owned()),
    });
    let policy = Policy::for_request(&request).with_credentials_to_guest(!is_brokered);
    let purpose = Purpose {
        credential,
        ..Purpose::default()
    };
    let connection = Connection::new(&policy, purpose);
    (connection, format!("http://{address}/sdk"))
}

async fn brokered() -> (Connection, String, Arrived) {
    let arrived = Arrived::default();
    let log = arrived.clone();
    let server = serve(None, move |asked| {
        let answer = vcenter(&asked, &log);
        async move { answer }
    })
    .await;
    let (connection, url) = connect(&server.address.to_string(), true);
    (connection, url, arrived)
}

async fn send(
    gateway: &Gateway,
    request: http::Request<WasiBody>,
) -> Result<(http::response::Parts, Bytes), GuestError> {
    let done = Box::new(std::future::ready(Ok(())));
    let sending = gateway.clone().send_request(request, None, done);
    let (response, _) = Pin::from(sending).await?;
    let (head, body) = response.into_parts();
    Ok((head, body.collect().await?.to_bytes()))
}

fn request(url: &str, body: String) -> http::Request<WasiBody> {
    let body = Full::new(Bytes::from(body)).map_err(GuestError::from);
    http::Request::post(url)
        .header("content-type", "text/xml; charset=utf-8")
        .header("soapaction", "\"urn:vim25/8.0\"")
        .body(body.boxed_unsync())
        .expect("a request")
}

#[tokio::test]
async fn what_a_hostile_collector_asks_for_never_leaves_the_host() {
    let (connection, url, arrived) = brokered().await;
    let gateway = connection.gateway();
    let manager = r#"<_this type="SessionManager">SessionManager</_this>"#;
    let machine = r#"<_this type="VirtualMachine">vm-1</_this>"#;
    let read_sessions = r#"<specSet><propSet><type>SessionManager</type><pathSet>sessionList</pathSet></propSet><objectSet><obj type="SessionManager">SessionManager</obj></objectSet></specSet>"#;
    let view = r#"<_this type="ContainerView">session[52a]52b</_this>"#;
    let read_events = r#"<_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>EventManager</type><pathSet>latestEvent</pathSet></propSet><objectSet><obj type="EventManager">EventManager</obj></objectSet></specSet>"#;
    for (body, expected) in [
        (call("Login", manager), "called Login"),
        (call("Logout", manager), "called Logout"),
        (call("PowerOffVM_Task", machine), "called PowerOffVM_Task"),
        (
            envelope(r#"<CurrentTime xmlns="urn:vim25"/><PowerOffVM_Task xmlns="urn:vim25"/>"#),
            "CurrentTime and PowerOffVM_Task",
        ),
        (call("RetrieveProperties", read_sessions), "session manager"),
        (call("CurrentTime", manager), "session manager"),
        (call("DestroyView", view), "did not create"),
        (
            call("RetrieveProperties", read_events),
            "EventManager.latestEvent",
        ),
        ("PowerOffVM_Task".to_owned(), "not one call"),
    ] {
        let error = send(gateway, request(&url, body)).await;
        assert!(
            matches!(error, Err(GuestError::HttpRequestDenied)),
            "{expected}"
        );
        let diagnoses = gateway.error_log().take();
        let problem = diagnoses[0].problem().expect("a problem");
        assert_eq!(problem.code, ErrorCode::EgressDenied);
        assert!(problem.message.contains(expected), "{problem}");
    }
    assert_eq!(connection.close().await, Some(Sessions::default()));
    assert!(arrived.lock().expect("the log").is_empty());
}

#[tokio::test]
async fn the_wire_knows_the_hosts_session_and_the_collector_knows_none() {
    let (connection, url, arrived) = brokered().await;
    let gateway = connection.gateway();
    let instance = r#"<_this type="ServiceInstance">ServiceInstance</_this>"#;
    for method in ["RetrieveServiceContent", "CurrentTime"] {
        let mut smuggling = request(&url, call(method, instance));
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
        let (head, _) = send(gateway, smuggling).await.expect("an answer");
        assert!(
            !format!("{:?}", head.headers).contains("the-hosts"),
            "{method}"
        );
        assert!(!head.headers.contains_key("set-cookie"), "{method}");
    }
    connection.close().await;
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

const COLLECTOR: &str = r#"<_this type="PropertyCollector">propertyCollector</_this>"#;

/// What a server says to one call decides over the next, as soon as the collector has read it.
#[tokio::test]
async fn a_view_that_the_server_gave_this_run_is_read_continued_and_destroyed() {
    let server = serve(None, |asked| async move {
        let body = String::from_utf8_lossy(asked.body()).into_owned();
        let answers = [
            ("<RetrieveServiceContent", CONTENT),
            (
                "<CreateContainerView",
                r#"<R><returnval type="ContainerView">view-1</returnval></R>"#,
            ),
            (
                "<RetrievePropertiesEx",
                "<R><returnval><token>t-1</token><objects/></returnval></R>",
            ),
            (
                "<ContinueRetrieve",
                "<R><returnval><objects/></returnval></R>",
            ),
            ("", "<AnyResponse/>"),
        ];
        let answer = answers.iter().find(|(call, _)| body.contains(call));
        let mut answer = text(envelope(answer.map_or("", |(_, answer)| answer)));
        let session = "vmware_soap_session=1".parse().expect("a value");
        answer.headers_mut().insert("set-cookie", session);
        answer
    })
    .await;
    let create = r#"<_this type="ViewManager">ViewManager</_this><container type="Folder">group-d1</container><type>VirtualMachine</type><recursive>true</recursive>"#;
    let read = format!(
        r#"{COLLECTOR}<specSet><propSet><type>ContainerView</type><pathSet>view</pathSet></propSet><objectSet><obj type="ContainerView">view-1</obj></objectSet></specSet><options/>"#
    );
    let next = format!("{COLLECTOR}<token>t-1</token>");
    let destroy = r#"<_this type="ContainerView">view-1</_this>"#;
    for is_brokered in [true, false] {
        let (connection, url) = connect(&server.address.to_string(), is_brokered);
        let gateway = connection.gateway();
        for (method, arguments, is_admitted) in [
            ("RetrievePropertiesEx", read.as_str(), false),
            ("DestroyView", destroy, false),
            ("CreateContainerView", create, true),
            ("ContinueRetrievePropertiesEx", &next, false),
            ("RetrievePropertiesEx", &read, true),
            ("ContinueRetrievePropertiesEx", &next, true),
            ("DestroyView", destroy, true),
            ("DestroyView", destroy, false),
        ] {
            let answer = send(gateway, request(&url, call(method, arguments))).await;
            assert_eq!(answer.is_ok(), is_admitted, "{method}: {answer:?}");
            let denied = gateway.error_log().take().len();
            assert_eq!(denied, usize::from(!is_admitted), "{method}");
        }
    }
}

/// 42-live §1
#[tokio::test(start_paused = true)]
async fn a_wait_outlives_the_usual_first_byte_limit_and_no_second_one_joins_it() {
    #[derive(Debug)]
    struct Silent;

    #[async_trait::async_trait]
    impl Transport for Silent {
        async fn send(&self, outbound: OutboundRequest) -> Result<http::Response<Body>, Diagnosis> {
            tokio::time::sleep(outbound.timeouts.first_byte).await;
            Ok(http::Response::new(Body::whole(Bytes::new())))
        }
    }

    let request_document = r#"{"source":{"config":{"endpoint":"https://vc.lan"}}}"#;
    let asked = Request::parse(request_document).expect("JSON");
    let policy = Policy::for_request(&asked).through(Arc::new(Silent));
    let connection = Connection::new(&policy, Purpose::default());
    let gateway = connection.gateway();
    let url = "https://vc.lan/sdk";
    let wait = |seconds: u32| {
        let options = format!("<options><maxWaitSeconds>{seconds}</maxWaitSeconds></options>");
        request(
            url,
            call("WaitForUpdatesEx", &format!("{COLLECTOR}{options}")),
        )
    };
    let begun = tokio::time::Instant::now();
    let waiting = send(gateway, wait(240));
    let (waited, second) = tokio::join!(waiting, async {
        tokio::task::yield_now().await;
        send(gateway, wait(0)).await
    });
    assert!(waited.is_ok(), "{waited:?}");
    assert_eq!(begun.elapsed().as_secs(), 270);
    assert!(matches!(second, Err(GuestError::HttpRequestDenied)));
    assert!(send(gateway, wait(0)).await.is_ok());
    assert_eq!(begun.elapsed().as_secs(), 300);
}
