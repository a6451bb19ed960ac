//! Names that break readers, byte by byte.

use crate::client::{Client, retrieval, view_filter};
use crate::faults::with;
use crate::faults_bytes::{Raw, raw};
use crate::faults_values::machines;
use stocktake_simulator::{Fault, Simulator};

async fn names(simulator: &Simulator, gzip: bool) -> Vec<u8> {
    let mut client = Client::log_in(simulator).await;
    client.gzip = gzip;
    let view = client.view("", &["VirtualMachine"]).await;
    let filter = view_filter(&view, &[("VirtualMachine", &["name"])]);
    let Raw { bytes, .. } = raw(&mut client, &retrieval(&filter, 0)).await;
    if gzip {
        crate::faults_bytes::unpacked(&bytes)
    } else {
        bytes
    }
}

#[tokio::test]
async fn odd_names_hold_escapes_surrogates_and_control_characters() {
    let simulator = with(Fault::OddNames).await;
    assert_eq!(simulator.victims(Fault::OddNames).len(), 9);
    for gzip in [false, true] {
        let names = names(&simulator, gzip).await;
        for odd in [
            b"odd a%2fb<".as_slice(),
            b"odd a%5cb<",
            b"odd 50%25<",
            b"odd c++ +1<",
            b"odd \xf0\x9f\x9a\x80",
            b"odd reference &#xD800; end<",
            b"odd bytes \xed\xa0\x80 end<",
            b"odd null &#0; end<",
            b"odd control \x07\x1b end<",
        ] {
            let found = names.windows(odd.len()).filter(|window| *window == odd);
            assert_eq!(found.count(), 1, "{}", String::from_utf8_lossy(odd));
        }
    }
}

#[tokio::test]
async fn illegal_reference_is_in_the_name_of_one_machine() {
    let simulator = with(Fault::IllegalReference).await;
    let victim = simulator.victim(Fault::IllegalReference).expect("a victim");
    for (id, machine) in machines(&simulator, &["name"]).await {
        let illegal = machine
            .body
            .contains(">illegal &#1;&#xFFFE;&#x110000; end</val>");
        assert_eq!(illegal, id == victim);
    }
}
