//! Byte-for-byte comparison with the executable.

use serde_json::{Value, json};
use stocktake_simulator::Fault;
use stocktake_tests::executable::{self, feed};
use stocktake_tests::fixture::{self, AUTHORITY, SessionOf};
use stocktake_tests::replay::Replay;
use stocktake_tests::{request, server};

use super::{PACKAGE, Trust, answer, given, node, run};

/// BY-6
#[test]
fn every_mode_gives_the_bytes_of_the_executable() {
    let simulated = server::simulator(&[Fault::OddNames]);
    let ca_file = simulated.server.ca_file.as_ref().expect("TLS");
    let ca_file = ca_file.to_str().expect("UTF-8");
    for mode in [
        "healthcheck",
        "detect",
        "collect",
        "collect_hosts",
        "collect_vms",
    ] {
        for evidence in [false, true] {
            let asked = request::with(request::to(&simulated.server, mode), "evidence", evidence);
            let asked = request::with(asked, "page_size", 7);
            let output = answer(&asked, Trust::of(&simulated.server));
            // In its own session the host counts too, which the evidence says.
            let own = ("STOCKTAKE_CREDENTIALS_TO_GUEST", "1");
            let environment = [("STOCKTAKE_CA_FILE", ca_file), own];
            let expected = executable::plugin(&asked.to_string(), &environment);
            assert!(output.status.success(), "{mode}");
            assert_eq!(
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&expected.stdout),
                "{mode}"
            );
        }
    }
    simulated.assert_clean();
}

/// BY-6, RE-5
#[test]
fn every_recorded_exchange_gives_its_expected_response_byte_for_byte() {
    for fixture in fixture::all() {
        // Node has no session of its host's.
        if fixture.case.session == SessionOf::Host {
            continue;
        }
        let name = fixture.folder.display();
        let replay = Replay::start(fixture.exchanges.clone());
        let mut asked = request::to(&replay.server, &fixture.case.mode);
        for (key, value) in &fixture.case.config {
            asked = request::with(asked, key, value.clone());
        }
        let output = answer(&asked, Trust::Node);
        let authority = replay.server.url.trim_start_matches("http://");
        let message = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(
            message.replace(authority, AUTHORITY),
            fixture.expected,
            "{name}"
        );
        assert_eq!(
            replay.left(),
            0,
            "{name}: exchanges that were not asked for"
        );
    }
}

#[test]
fn what_is_refused_before_anything_is_sent_is_reported_as_by_the_executable() {
    for text in [
        "",
        "{",
        "[]",
        r#"{"schema_version":"collector-request-v2"}"#,
    ] {
        let output = feed(node().arg("example.mjs"), text.as_bytes());
        let expected = executable::plugin(text, &[]);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&expected.stdout),
            "{text}"
        );
    }
}

#[test]
fn pages_and_summary_are_what_the_typings_say() {
    let simulated = server::simulator(&[]);
    let asked = request::to(&simulated.server, "collect");
    let values = run(
        PACKAGE,
        &given(&simulated.server, &asked),
        "
        const run = open(given.request, given.policy);
        const before = run.summary;
        let assets = 0n, lines = 0, sequence = [];
        for (const page of run) {
          sequence.push(page.sequence);
          for (const { count } of page.assets) assets += count;
          lines += page.batch.split('\\n').filter((line) => 'asset' in JSON.parse(line || '{}')).length;
        }
        const { stats, evidence, detection, errors } = run.summary;
        console.log(JSON.stringify({
          before, lines, sequence, errors, name: describe().name,
          assets: Number(assets), stated: Number(stats.assets), complete: stats.inventoryComplete,
          done: Number(run.progress.done), total: Number(run.progress.total),
          drained: evidence.drained, version: detection.targetVersion,
        }));",
    );
    assert_eq!(values["before"], Value::Null);
    assert_eq!(values["errors"], json!([]));
    assert_eq!(values["name"], "vcenter");
    assert_eq!(values["complete"], true);
    assert_eq!(values["drained"], true);
    assert_eq!(values["assets"], values["stated"]);
    assert_eq!(values["assets"], values["lines"]);
    assert_eq!(values["done"], values["total"]);
    assert_eq!(values["sequence"][0], 0);
    assert!(
        values["version"]
            .as_str()
            .expect("a version")
            .contains("8.0")
    );
}
