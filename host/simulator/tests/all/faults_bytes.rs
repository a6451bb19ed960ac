//! Faults of heads and bytes: replies as they are on the wire.

use crate::client::{Client, retrieval, view_filter};
use crate::faults::with;
use http::HeaderMap;
use http_body_util::BodyExt;
use std::io::Read;
use stocktake_simulator::{Fault, Simulator};

/// A reply as it was sent.
pub(crate) struct Raw {
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) async fn raw(client: &mut Client, call: &str) -> Raw {
    let envelope = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Body>{call}</e:Body></e:Envelope>"
    );
    let response = client
        .send("POST", "/sdk", envelope)
        .await
        .expect("a reply");
    let (head, body) = response.into_parts();
    let bytes = body.collect().await.expect("a whole body").to_bytes();
    Raw {
        headers: head.headers,
        bytes: bytes.to_vec(),
    }
}

pub(crate) fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .expect("gzip");
    plain
}

const CONTENT: &str = "<RetrieveServiceContent xmlns=\"urn:vim25\"><_this type=\"ServiceInstance\">ServiceInstance</_this></RetrieveServiceContent>";
const LOGIN: &str = "<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">SessionManager</_this><userName>reader@vsphere.local</userName><password>simulated</password></Login>";

#[tokio::test]
async fn gzip_unasked_packs_for_clients_that_never_offered_it() {
    let simulator = with(Fault::GzipUnasked).await;
    let mut client = Client::log_in(&simulator).await;
    assert!(!client.gzip);
    let view = client.view("", &["VirtualMachine"]).await;
    let page = retrieval(&view_filter(&view, &[("VirtualMachine", &["name"])]), 20);
    for call in [CONTENT, &page] {
        let reply = raw(&mut client, call).await;
        assert_eq!(reply.headers["content-encoding"], "gzip");
        assert!(unpacked(&reply.bytes).starts_with(b"<?xml"));
    }
}

#[tokio::test]
async fn gzip_unlabelled_packs_without_a_word() {
    let simulator = with(Fault::GzipUnlabelled).await;
    let mut client = Client::connect(&simulator).await;
    for gzip in [false, true] {
        client.gzip = gzip;
        let reply = raw(&mut client, CONTENT).await;
        assert!(!reply.headers.contains_key("content-encoding"));
        assert!(unpacked(&reply.bytes).starts_with(b"<?xml"));
    }
    let login = raw(&mut client, LOGIN).await;
    let cookie = login.headers["set-cookie"].to_str().expect("ASCII");
    client.cookie = cookie.split(';').next().map(str::to_owned);
    let root = "<propSet><type>Folder</type><pathSet>name</pathSet></propSet><objectSet><obj type=\"Folder\">group-d1</obj></objectSet>";
    let page = raw(&mut client, &retrieval(root, 0)).await;
    assert!(!page.headers.contains_key("content-encoding"));
    assert!(unpacked(&page.bytes).ends_with(b"</soapenv:Envelope>"));
}

#[tokio::test]
async fn wrong_content_length_ends_pages_early_and_the_connection_with_them() {
    let simulator = with(Fault::WrongContentLength).await;
    for gzip in [false, true] {
        let mut client = Client::log_in(&simulator).await;
        client.gzip = gzip;
        let root = "<propSet><type>Folder</type><pathSet>name</pathSet></propSet><objectSet><obj type=\"Folder\">group-d1</obj></objectSet>";
        let page = raw(&mut client, &retrieval(root, 0)).await;
        let announced = page.headers["content-length"].to_str().expect("ASCII");
        assert_eq!(announced.parse(), Ok(page.bytes.len()));
        assert!(gzip || !page.bytes.ends_with(b"</soapenv:Envelope>"));
        assert_eq!(page.headers["connection"], "close");
        let next = client.request("POST", "/sdk", String::new()).await;
        assert!(next.is_err(), "the connection is closed");
    }
}

#[tokio::test]
async fn clock_skew_dates_replies_and_times_three_days_ahead() {
    let plain = Simulator::builder().start().await.expect("started");
    let skewed = with(Fault::ClockSkew).await;
    let mut seen = Vec::new();
    for simulator in [&plain, &skewed] {
        let mut client = Client::connect(simulator).await;
        let login = client
            .login(simulator.username(), simulator.password())
            .await;
        let time = client.simple("CurrentTime").await;
        let date = time.headers["date"].to_str().expect("ASCII").to_owned();
        let day = |text: &str| text[..10].to_owned();
        seen.push((
            date,
            day(time.all("returnval")[0]),
            day(login.all("loginTime")[0]),
        ));
    }
    assert_eq!(seen[0].0.len(), seen[1].0.len());
    assert_eq!(seen[1].1, seen[1].2);
    assert_ne!(seen[0].1, seen[1].1);
    let of_month = |time: &str| time[8..10].to_owned();
    assert_eq!(seen[1].0[5..7], of_month(&seen[1].1));
    assert_eq!(seen[0].0[5..7], of_month(&seen[0].1));
}
