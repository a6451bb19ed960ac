use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;

use super::HttpClient;
use crate::gateway::testing::{Asked, Certificates, serve, text};
use crate::gateway::transport::{OutboundRequest, Timeouts, Transport as _};
use crate::gateway::trust::Pin;
use crate::gateway::{Authority, Cause, Diagnosis, Proxies, Trust};
use crate::limits::NetworkLimits;

fn outbound(endpoint: &str) -> OutboundRequest {
    OutboundRequest {
        request: http::Request::post(format!("{endpoint}/sdk"))
            .body(Bytes::from_static(b"<soap/>"))
            .expect("a request"),
        call: None,
        timeouts: Timeouts {
            first_byte: Duration::from_secs(5),
            between_bytes: Duration::from_secs(5),
            exchange: Duration::from_secs(5),
        },
        meter: Arc::default(),
    }
}

fn live(endpoint: &str, trust: Trust) -> HttpClient {
    let authority = Authority::from_url(endpoint).expect("a URL");
    let limits = NetworkLimits {
        connect: Duration::from_secs(5),
        ..NetworkLimits::default()
    };
    HttpClient::new(authority, &trust, &Proxies::default(), &limits)
}

async fn ask(endpoint: &str, trust: Trust) -> Result<Bytes, Diagnosis> {
    let response = live(endpoint, trust).send(outbound(endpoint)).await?;
    response.into_body().collect().await
}

async fn secure_server() -> (Certificates, u16) {
    let certificates = Certificates::new();
    let server = serve(Some(&certificates), |_| async { text("hello") }).await;
    (certificates, server.address.port())
}

#[tokio::test]
async fn a_certificate_of_a_trusted_authority_is_accepted() {
    let (certificates, port) = secure_server().await;
    let trust = Trust::ca_pem(certificates.ca_pem.as_bytes()).expect("a CA");
    let body = ask(&format!("https://localhost:{port}"), trust).await;
    assert_eq!(body.expect("an answer"), "hello");
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_fingerprint_and_cure() {
    let (certificates, port) = secure_server().await;
    let other = Certificates::new();
    let trust = Trust::ca_pem(other.ca_pem.as_bytes()).expect("a CA");
    let diagnosis = ask(&format!("https://localhost:{port}"), trust)
        .await
        .expect_err("refused");
    assert_eq!(diagnosis.cause, Cause::Certificate);
    let pin = Pin::of(&certificates.leaf_der);
    let cure = format!("trust its CA with --ca-file, or pin it with --pin {pin}");
    assert!(diagnosis.message.ends_with(&cure), "{diagnosis}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_and_the_name_told() {
    let (certificates, port) = secure_server().await;
    let trust = Trust::ca_pem(certificates.ca_pem.as_bytes()).expect("a CA");
    let diagnosis = ask(&format!("https://127.0.0.1:{port}"), trust)
        .await
        .expect_err("refused");
    assert_eq!(diagnosis.cause, Cause::Certificate);
    assert!(diagnosis.message.contains("localhost"), "{diagnosis}");
}

#[tokio::test]
async fn a_pin_of_the_certificate_or_of_its_key_is_enough() {
    let (certificates, port) = secure_server().await;
    for der in [&certificates.leaf_der, &certificates.leaf_key_der] {
        let trust = Trust::pin(&Pin::of(der).to_string()).expect("a pin");
        let body = ask(&format!("https://127.0.0.1:{port}"), trust).await;
        assert_eq!(body.expect("an answer"), "hello");
    }
}

#[tokio::test]
async fn another_pin_is_refused_even_if_the_authority_would_do() {
    let (certificates, port) = secure_server().await;
    let trust = Trust::Pin(Pin::of(b"another certificate"));
    let diagnosis = ask(&format!("https://localhost:{port}"), trust)
        .await
        .expect_err("refused");
    assert_eq!(diagnosis.cause, Cause::Certificate);
    let presented = Pin::of(&certificates.leaf_der).to_string();
    assert!(diagnosis.message.contains(&presented), "{diagnosis}");
    assert!(
        diagnosis.message.contains("not the pinned one"),
        "{diagnosis}"
    );
}

#[tokio::test]
async fn insecure_accepts_any_certificate() {
    let (_, port) = secure_server().await;
    let body = ask(&format!("https://127.0.0.1:{port}"), Trust::Insecure).await;
    assert_eq!(body.expect("an answer"), "hello");
}

#[tokio::test]
async fn a_plain_server_behind_an_https_endpoint_is_distinguished_from_a_bad_certificate() {
    let server = serve(None, |_| async { text("hello") }).await;
    let diagnosis = ask(&format!("https://{}", server.address), Trust::Insecure)
        .await
        .expect_err("no TLS");
    assert_eq!(diagnosis.cause, Cause::Tls);
    assert!(
        diagnosis.message.contains("does not use TLS"),
        "{diagnosis}"
    );
}

#[tokio::test]
async fn exchanges_of_a_run_share_one_connection() {
    let certificates = Certificates::new();
    let echo = |asked: Asked| async move { text(asked.into_body()) };
    let server = serve(Some(&certificates), echo).await;
    let endpoint = format!("https://{}", server.address);
    let live = live(&endpoint, Trust::Insecure);
    for _ in 0..3 {
        let response = live.send(outbound(&endpoint)).await.expect("an answer");
        let body = response.into_body().collect().await.expect("a body");
        assert_eq!(body, "<soap/>");
    }
    assert_eq!(server.connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn exchanges_at_the_same_time_have_a_connection_each() {
    let echo = |asked: Asked| async move { text(asked.into_body()) };
    let server = serve(None, echo).await;
    let endpoint = format!("http://{}", server.address);
    let live = live(&endpoint, Trust::System);
    let first = live.send(outbound(&endpoint)).await.expect("an answer");
    let second = live.send(outbound(&endpoint)).await.expect("an answer");
    for response in [second, first] {
        let body = response.into_body().collect().await.expect("a body");
        assert_eq!(body, "<soap/>");
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_replaced() {
    let server = serve(None, |asked: Asked| async move {
        let mut answer = text(asked.into_body());
        let close = http::HeaderValue::from_static("close");
        answer.headers_mut().insert("connection", close);
        answer
    })
    .await;
    let endpoint = format!("http://{}", server.address);
    let live = live(&endpoint, Trust::System);
    for _ in 0..3 {
        let response = live.send(outbound(&endpoint)).await.expect("an answer");
        let body = response.into_body().collect().await.expect("a body");
        assert_eq!(body, "<soap/>");
    }
    assert_eq!(server.connections.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_server_that_never_answers_is_reported_after_the_limit() {
    let server = serve(None, |_| std::future::pending()).await;
    let endpoint = format!("http://{}", server.address);
    let mut outbound = outbound(&endpoint);
    outbound.timeouts.first_byte = Duration::from_millis(50);
    let diagnosis = live(&endpoint, Trust::System)
        .send(outbound)
        .await
        .expect_err("no answer");
    assert_eq!(diagnosis.cause, Cause::ResponseTimeout);
}

#[tokio::test]
async fn a_coding_that_was_not_offered_is_refused_by_its_name() {
    let server = serve(None, |_| async {
        let mut answer = text("??");
        let coding = http::HeaderValue::from_static("br");
        answer.headers_mut().insert("content-encoding", coding);
        answer
    })
    .await;
    let diagnosis = ask(&format!("http://{}", server.address), Trust::System)
        .await
        .expect_err("a coding");
    assert_eq!(diagnosis.cause, Cause::Coding);
    assert!(diagnosis.message.contains("br"), "{diagnosis}");
}
