//! A server that does not answer, and a process that receives a signal.

use std::convert::Infallible;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use stocktake_tests::executable::{command, error_codes, response};
use tokio::net::TcpListener;

const CONTENT: &str = r#"<returnval><rootFolder type="Folder">group-d1</rootFolder><propertyCollector type="PropertyCollector">propertyCollector</propertyCollector><viewManager type="ViewManager">ViewManager</viewManager><about><name>VMware vCenter Server</name><version>8.0.3</version><build>1</build><apiType>VirtualCenter</apiType><apiVersion>8.0.3.0</apiVersion></about><sessionManager type="SessionManager">SessionManager</sessionManager></returnval>"#;

/// Names of the called methods, with their cookies.
type Called = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// A vCenter that creates sessions and views and never answers anything else.
async fn serve(listener: TcpListener, called: Called) {
    while let Ok((stream, _)) = listener.accept().await {
        let called = called.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, called.clone()));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // Clients that give up close it.
            let _ = connection.await;
        });
    }
}

async fn answer(
    request: http::Request<Incoming>,
    called: Called,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    let calls = |method: &&&str| body.contains(&format!("<{method} "));
    let known = [
        ("RetrieveServiceContent", CONTENT),
        ("Login", "<returnval/>"),
        ("CurrentTime", "<returnval>2026-01-01T00:00:00Z</returnval>"),
        (
            "CreateContainerView",
            r#"<returnval type="ContainerView">view-1</returnval>"#,
        ),
        ("Logout", ""),
    ];
    let found = known.iter().find(|(method, _)| calls(&method));
    let cookie = head
        .headers
        .get("cookie")
        .and_then(|cookie| cookie.to_str().ok());
    let method = found.map_or("another", |(method, _)| method);
    let entry = (method.to_owned(), cookie.map(str::to_owned));
    called.lock().expect("the log").push(entry);
    let Some((method, answer)) = found else {
        return std::future::pending().await;
    };
    let envelope = format!(
        r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><{method}Response xmlns="urn:vim25">{answer}</{method}Response></e:Body></e:Envelope>"#
    );
    let response = http::Response::builder()
        .header("content-type", "text/xml")
        .header("set-cookie", "vmware_soap_session=\"k3y\"; Path=/")
        .body(Full::from(envelope));
    Ok(response.expect("a response"))
}

/// The collector can neither finish nor clean up.
#[cfg(unix)]
#[test]
fn a_terminated_process_has_logged_out_and_ended_within_five_seconds() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let listener = runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("loopback");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let called = Called::default();
    runtime.spawn(serve(listener, called.clone()));
    let child = command(&["collect", "--endpoint", &url, "--username", "reader"])
        .args([
            "--password-env",
            "TEST_PASSWORD",
            "--preferred-version",
            "7.0-8.x",
        ])
        .env("TEST_PASSWORD", "s3cret")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("stocktake starts");
    let methods = || -> Vec<String> {
        let log = called.lock().expect("the log");
        log.iter().map(|(method, _)| method.clone()).collect()
    };
    while !methods().contains(&"another".to_owned()) {
        std::thread::yield_now();
    }
    let begun = Instant::now();
    let killed = Command::new("kill").arg(child.id().to_string()).status();
    assert!(killed.expect("kill runs").success());
    let output = child.wait_with_output().expect("an end");
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "it took {took:?}");
    assert_eq!(output.status.code(), Some(143));
    let codes = error_codes(&response(&output));
    assert_eq!(
        codes.first().map(String::as_str),
        Some("INVENTORY_INCOMPLETE")
    );
    let methods = methods();
    assert_eq!(
        methods.last().map(String::as_str),
        Some("Logout"),
        "{methods:?}"
    );
    assert_eq!(
        methods.iter().filter(|method| *method == "Login").count(),
        1
    );
    // Every call after the login has the session, and none before.
    for (method, cookie) in called.lock().expect("the log").iter() {
        let expected = match method.as_str() {
            "RetrieveServiceContent" | "Login" => None,
            _ => Some("vmware_soap_session=\"k3y\""),
        };
        assert_eq!(cookie.as_deref(), expected, "{method}");
    }
}
