//! A hundred thousand VMs. Run with `--release -- --ignored --nocapture`.

use std::time::Instant;

use super::{asset, relation};
use crate::page::Page;
use crate::validation::{Limits, Scope, Verifier};

#[test]
#[ignore = "a measurement, for release builds"]
fn a_hundred_thousand_vms_are_verified_in_seconds() {
    let request = r#"{"source":{"config":{}},"request":{"mode":"collect_vms"}}"#;
    let mut verifier = Verifier::new(Scope::of_request(request), Limits::default());
    let mut spent = std::time::Duration::ZERO;
    let mut bytes = 0;
    for sequence in 0..100_u32 {
        let mut page = Page {
            sequence,
            assets: vec![("vm".to_owned(), 1000)],
            relations: 2000,
            ..Page::default()
        };
        for number in 0..1000 {
            let vm = format!("vm-{}", sequence * 1000 + number);
            let mut vm_asset = asset("vm", &vm);
            vm_asset["raw_payload"]["config.hardware.device"] =
                vec!["VirtualDisk, VirtualVmxnet3, VirtualLsiLogicSAS"; 30].into();
            page.batch += &format!("{}\n", serde_json::json!({"asset": vm_asset}));
            for (kind, from, to) in [
                ("runs_on", ("vm", &*vm), ("host", "host-1")),
                ("hosts_vm", ("host", "host-1"), ("vm", &*vm)),
            ] {
                let line = serde_json::json!({"relation": relation(kind, from, to)});
                page.batch += &format!("{line}\n");
            }
        }
        bytes += page.batch.len();
        let start = Instant::now();
        let items = verifier.page(&page).expect("sound");
        spent += start.elapsed();
        assert_eq!(items.len(), 3000);
    }
    println!("{bytes} bytes in {spent:?}");
}
