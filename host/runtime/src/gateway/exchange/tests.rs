use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http_body_util::{BodyExt as _, Full};
use tokio_util::sync::CancellationToken;
use wasmtime_wasi_http::{Error as GuestError, WasiBody, WasiHttpHooks as _};

use super::{Gateway, Rules};
use crate::gateway::testing::{serve, text};
use crate::gateway::{Authority, Network, Recorder, Replay};
use crate::limits::NetworkLimits;
use stocktake_contract::ErrorCode;

/// Allows an endpoint within these limits.
struct Allowed {
    network: Network,
    limits: NetworkLimits,
}

fn allowed(endpoint: &str) -> Allowed {
    Allowed {
        network: Network {
            allowed: Some(Authority::from_url(endpoint).expect("a URL")),
            ..Network::default()
        },
        limits: NetworkLimits::default(),
    }
}

fn request(url: &str, body: &'static str) -> http::Request<WasiBody> {
    let body = Full::new(Bytes::from_static(body.as_bytes()))
        .map_err(GuestError::from)
        .boxed_unsync();
    http::Request::post(url)
        .header("content-length", body_length(&body))
        .header("soapaction", "urn:vim25/8.0")
        .body(body)
        .expect("a request")
}

fn body_length(body: &WasiBody) -> u64 {
    http_body::Body::size_hint(body).exact().unwrap_or_default()
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

fn gateway(allowed: &Allowed) -> Gateway {
    interruptible(allowed, CancellationToken::new())
}

fn interruptible(allowed: &Allowed, interrupt: CancellationToken) -> Gateway {
    Gateway::new(Rules {
        allowed: allowed.network.allowed.clone(),
        transport: allowed.network.connect(&allowed.limits, None),
        protocol: None,
        limits: allowed.limits,
        meter: Arc::default(),
        redaction: Arc::default(),
        interrupt,
    })
}

#[tokio::test]
async fn another_host_scheme_or_port_is_denied_before_anything_is_sent() {
    let gateway = gateway(&allowed("https://vc.lan"));
    for url in [
        "https://evil.test/sdk",
        "http://vc.lan/sdk",
        "https://vc.lan:8443/sdk",
        "https://user@vc.lan/sdk",
        "https://10.0.0.5/sdk",
        "https://[::ffff:10.0.0.5]/sdk",
        "https://167772165/sdk",
    ] {
        let error = send(&gateway, request(url, "")).await.expect_err(url);
        assert!(matches!(error, GuestError::HttpRequestDenied), "{error}");
    }
    let diagnoses = gateway.error_log().take();
    let problem = diagnoses[0].problem().expect("a problem of the host");
    assert_eq!(problem.code, ErrorCode::EgressDenied);
    assert!(problem.message.contains("asked for https://evil.test:443"));
    assert!(problem.message.contains("allows https://vc.lan:443"));
    assert_eq!(diagnoses.len(), 7);
    assert_eq!(gateway.meter().reading().requests, 0);
}

/// The server receives the spelling in the header `host`.
#[tokio::test]
async fn another_spelling_of_the_host_is_denied_before_anything_is_sent() {
    for (endpoint, spelled) in [
        ("https://vc.lan", "https://VC.lan/sdk"),
        ("https://vc.lan", "https://vc.lan./sdk"),
        ("https://vc.lan", "https://vc.lan:443/sdk"),
        ("https://vc.lan", "https://vc.lan:/sdk"),
        ("https://vc.lan:443", "https://vc.lan/sdk"),
        ("https://VC.lan.", "https://vc.lan/sdk"),
        ("https://[2001:db8::1]", "https://[2001:DB8::1]/sdk"),
        ("https://[2001:db8::1]", "https://[2001:db8:0::1]/sdk"),
    ] {
        let gateway = gateway(&allowed(endpoint));
        let error = send(&gateway, request(spelled, "")).await;
        let is_denied = matches!(error, Err(GuestError::HttpRequestDenied));
        assert!(is_denied, "{spelled}");
        let problem = gateway.error_log().take()[0].problem().expect("a problem");
        assert!(problem.message.contains("spells"), "{problem}");
        assert_eq!(gateway.meter().reading().requests, 0);
    }
}

#[tokio::test]
async fn without_an_endpoint_everything_is_denied() {
    let gateway = Gateway::denying();
    let error = send(&gateway, request("https://vc.lan/sdk", "")).await;
    assert!(matches!(error, Err(GuestError::HttpRequestDenied)));
}

#[tokio::test]
async fn redirects_reach_the_guest_and_are_not_followed() {
    let server = serve(None, |_| async {
        let mut answer = text("");
        *answer.status_mut() = http::StatusCode::FOUND;
        let elsewhere = http::HeaderValue::from_static("https://evil.test/");
        answer.headers_mut().insert("location", elsewhere);
        answer
    })
    .await;
    let endpoint = format!("http://{}", server.address);
    let gateway = gateway(&allowed(&endpoint));
    let (head, _) = send(&gateway, request(&endpoint, ""))
        .await
        .expect("an answer");
    assert_eq!(head.status, http::StatusCode::FOUND);
    assert_eq!(head.headers["location"], "https://evil.test/");
    assert_eq!(gateway.meter().reading().requests, 1);
}

#[tokio::test]
async fn gzip_is_asked_for_decoded_and_counted_on_both_sides() {
    let page = "<obj>vm-1</obj>".repeat(10_000);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(page.as_bytes()).expect("memory");
    let packed = Bytes::from(encoder.finish().expect("memory"));
    let wire = packed.len() as u64;
    let server = serve(None, move |asked| {
        let packed = packed.clone();
        async move {
            assert_eq!(asked.headers()["accept-encoding"], "gzip");
            assert_eq!(asked.headers()["soapaction"], "urn:vim25/8.0");
            assert_eq!(asked.headers()["content-length"], "7");
            assert_eq!(asked.body(), "<soap/>");
            let mut answer = text(packed);
            let gzip = http::HeaderValue::from_static("gzip");
            answer.headers_mut().insert("content-encoding", gzip);
            answer
        }
    })
    .await;
    let endpoint = format!("http://{}", server.address);
    let gateway = gateway(&allowed(&endpoint));
    let (head, body) = send(&gateway, request(&endpoint, "<soap/>"))
        .await
        .expect("an answer");
    assert_eq!(body, page);
    assert!(!head.headers.contains_key("content-encoding"));
    assert!(!head.headers.contains_key("content-length"));
    let reading = gateway.meter().reading();
    assert_eq!(reading.bytes_sent, 7);
    assert_eq!(reading.bytes_received, wire);
    assert_eq!(reading.bytes_decoded, page.len() as u64);
}

#[tokio::test]
async fn a_request_body_over_its_cap_is_refused() {
    let mut allowed = allowed("http://127.0.0.1:9");
    allowed.limits.request_bytes = 3;
    let gateway = gateway(&allowed);
    let error = send(&gateway, request("http://127.0.0.1:9", "<soap/>")).await;
    assert!(matches!(
        error,
        Err(GuestError::HttpRequestBodySize(Some(3)))
    ));
}

#[tokio::test]
async fn requests_and_bytes_of_a_run_have_a_budget() {
    let server = serve(None, |_| async { text("12345") }).await;
    let endpoint = format!("http://{}", server.address);
    let mut allowed = allowed(&endpoint);
    allowed.limits.requests = 2;
    allowed.limits.run_bytes = 7;
    let gateway = gateway(&allowed);
    let outcomes = [
        send(&gateway, request(&endpoint, "")).await.is_ok(),
        send(&gateway, request(&endpoint, "")).await.is_ok(),
        send(&gateway, request(&endpoint, "")).await.is_ok(),
    ];
    assert_eq!(outcomes, [true, false, false]);
    let problems: Vec<_> = gateway
        .error_log()
        .take()
        .iter()
        .filter_map(super::Diagnosis::problem)
        .collect();
    assert!(
        problems
            .iter()
            .all(|problem| problem.code == ErrorCode::PluginBudgetExceeded)
    );
    assert!(
        problems[0]
            .message
            .starts_with("bytes received over budget: 10 bytes of 7")
    );
    assert!(
        problems[1]
            .message
            .starts_with("requests over budget: 3 requests of 2")
    );
}

#[tokio::test]
async fn an_interrupt_ends_the_exchange_under_way_and_lets_later_ones_clean_up() {
    let server = serve(None, |asked| async move {
        if asked.uri().path() == "/slow" {
            std::future::pending::<()>().await;
        }
        text("bye")
    })
    .await;
    let endpoint = format!("http://{}", server.address);
    let interrupt = CancellationToken::new();
    let gateway = interruptible(&allowed(&endpoint), interrupt.clone());
    let slow = format!("{endpoint}/slow");
    let under_way = send(&gateway, request(&slow, ""));
    let (error, ()) = tokio::join!(under_way, async {
        tokio::task::yield_now().await;
        interrupt.cancel();
    });
    assert!(matches!(error, Err(GuestError::InternalError(_))));
    let logout = send(&gateway, request(&endpoint, "")).await;
    assert_eq!(logout.expect("an answer").1, "bye");
    assert!(gateway.error_log().take().is_empty());
}

#[tokio::test]
async fn what_was_recorded_is_replayed_without_a_network() {
    let server = serve(None, |asked| async move { text(asked.body().clone()) }).await;
    let endpoint = format!("http://{}", server.address);
    let mut allowed = allowed(&endpoint);
    let client = allowed.network.http_client(&allowed.limits);
    let recorder = Arc::new(Recorder::new(Arc::new(client.expect("an authority"))));
    allowed.network.transport = Some(recorder.clone());
    let recording = gateway(&allowed);
    for body in ["<login/>", "<read/>"] {
        let answer = send(&recording, request(&endpoint, body)).await;
        assert_eq!(answer.expect("an answer").1, body);
    }
    let exchanges = recorder.take();
    assert!(exchanges.iter().all(|exchange| exchange.whole));
    let shown = format!("{exchanges:?}");
    assert!(!shown.contains("login"), "{shown}");

    let replay = Arc::new(Replay::new(exchanges));
    allowed.network.transport = Some(replay.clone());
    let replaying = gateway(&allowed);
    for body in ["<login/>", "<read/>"] {
        let answer = send(&replaying, request(&endpoint, body)).await;
        assert_eq!(answer.expect("an answer").1, body);
    }
    assert_eq!(replay.left(), 0);
    let error = send(&replaying, request(&endpoint, "<read/>")).await;
    assert!(matches!(error, Err(GuestError::InternalError(Some(_)))));
    assert_eq!(recording.meter().reading(), {
        let mut reading = replaying.meter().reading();
        (reading.requests, reading.bytes_sent) = (2, 15);
        reading
    });
}
