//! Large inventories are streamed, not stored.

use crate::client::{Client, TYPES};
use crate::inventory::EVERYTHING;
use http_body_util::BodyExt;
use stocktake_simulator::Simulator;

/// Peak resident memory of this process so far, KiB, if the system reports it.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test]
async fn a_hundred_thousand_machines_are_streamed_in_one_reply() {
    let simulator = Simulator::builder()
        .vms(100_000)
        .hosts(1000)
        .clusters(40)
        .start()
        .await
        .expect("started");
    let mut client = Client::log_in(&simulator).await;
    let view = client.view("", &TYPES).await;
    let call = crate::client::retrieval(&crate::client::view_filter(&view, &EVERYTHING), 0);
    let envelope = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Body>{call}</e:Body></e:Envelope>"
    );
    let before = peak_kib();
    let started = std::time::Instant::now();
    let mut response = client
        .send("POST", "/sdk", envelope)
        .await
        .expect("a reply");
    let mut bytes = 0_u64;
    while let Some(frame) = response.frame().await {
        let frame = frame.expect("a frame");
        bytes += u64::try_from(frame.data_ref().map_or(0, bytes::Bytes::len)).expect("a size");
    }
    println!("{} MB in {:?}", bytes / 1_000_000, started.elapsed());
    assert!(bytes > 500_000_000, "{bytes} bytes");
    if let (Some(before), Some(after)) = (before, peak_kib()) {
        assert!(
            after - before < 200 * 1024,
            "{} KiB more than before",
            after - before
        );
    }
}
