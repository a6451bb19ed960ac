//! HTTP and TLS.

use crate::client::{Client, TYPES};
use http_body_util::BodyExt;
use stocktake_simulator::{CertificateKind, Simulator};
use tokio::net::TcpStream;

#[tokio::test]
async fn replies_are_compressed_when_asked_and_say_the_same() {
    let simulator = Simulator::builder()
        .vms(300)
        .start()
        .await
        .expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &TYPES).await;
    let sets: [(&str, &[&str]); 1] = [("VirtualMachine", &["name", "config.hardware.device"])];
    let plain = client.retrieve(&view, &sets, 0).await;
    client.gzip = true;
    let packed = client.retrieve(&view, &sets, 0).await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert!(packed.body == plain.body);
    assert!(packed.wire_bytes * 5 < plain.wire_bytes);
    let sent = simulator.counters().bytes_sent;
    let pages = u64::try_from(plain.wire_bytes + packed.wire_bytes).expect("a size");
    assert!(sent > pages && sent < pages + 8192, "{sent} of {pages}");
}

#[tokio::test]
async fn other_paths_are_not_found_and_the_versions_are_listed() {
    let simulator = Simulator::builder().start().await.expect("started");
    let mut client = Client::connect(&simulator).await;
    let get = async |client: &mut Client, path: &str| {
        client
            .request("GET", path, String::new())
            .await
            .expect("a reply")
    };
    assert_eq!(get(&mut client, "/").await.status, 404);
    assert_eq!(get(&mut client, "/sdk").await.status, 405);
    let versions = get(&mut client, "/sdk/vimServiceVersions.xml").await;
    assert_eq!(versions.all("version")[0], "8.0.3.0");
    let garbage = client
        .request("POST", "/sdk", "hello".to_owned())
        .await
        .expect("a reply");
    assert_eq!(
        (garbage.status.as_u16(), garbage.fault()),
        (500, Some("InvalidRequest"))
    );
    assert_eq!(
        simulator.counters().connections,
        1,
        "the connection is kept alive"
    );
}

#[tokio::test]
async fn plain_http_is_spoken_when_asked() {
    let simulator = Simulator::builder()
        .plain_http()
        .start()
        .await
        .expect("started");
    assert!(simulator.url().starts_with("http://127.0.0.1:"));
    assert_eq!((simulator.ca_pem(), simulator.fingerprint()), (None, None));
    let mut client = Client::log_in(&simulator).await;
    assert_eq!(client.simple("CurrentTime").await.status, 200);
}

#[tokio::test]
async fn a_stopped_simulator_listens_no_more() {
    let simulator = Simulator::builder().start().await.expect("started");
    let address = simulator.address();
    let mut client = Client::log_in(&simulator).await;
    simulator.stop().await;
    assert!(client.request("POST", "/sdk", String::new()).await.is_err());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_client_that_leaves_in_the_middle_leaves_nothing_behind() {
    let simulator = Simulator::builder()
        .vms(50_000)
        .start()
        .await
        .expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &TYPES).await;
    let call = crate::client::retrieval(
        &crate::client::view_filter(&view, &[("VirtualMachine", &["config.hardware.device"])]),
        0,
    );
    let envelope = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Body>{call}</e:Body></e:Envelope>"
    );
    let mut response = client
        .send("POST", "/sdk", envelope)
        .await
        .expect("a reply");
    response.frame().await.expect("a frame").expect("its bytes");
    drop(response);
    drop(client);
    let mut other = Client::log_in(&simulator).await;
    assert_eq!(other.simple("CurrentTime").await.status, 200);
    assert!(
        simulator.counters().bytes_sent < 64 << 20,
        "the rest was never written"
    );
}

#[test]
fn a_blocking_caller_needs_no_runtime() {
    let simulator = Simulator::builder()
        .certificate(CertificateKind::Expired)
        .start_blocking()
        .expect("started");
    let fingerprint = simulator.fingerprint().expect("a certificate");
    assert_eq!(fingerprint.len(), "sha256:".len() + 64);
    assert!(
        simulator
            .ca_pem()
            .expect("an authority")
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
    std::net::TcpStream::connect(simulator.address()).expect("it listens");
}

#[test]
fn a_taken_address_is_reported() {
    let first = Simulator::builder().start_blocking().expect("started");
    let second = Simulator::builder()
        .listen(first.address())
        .start_blocking()
        .expect_err("taken");
    assert!(second.to_string().contains(&first.address().to_string()));
}
