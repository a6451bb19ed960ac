//! RE-6: against the official simulator, with the paging of a real vCenter.

use serde_json::Value;
use stocktake_tests::executable::{error_codes, plugin, response, run, run_against};
use stocktake_tests::recording::{Balance, record};
use stocktake_tests::request;
use stocktake_tests::vcsim::{Size, Vcsim};

const PAGE_SIZES: [u32; 3] = [1, 7, 1000];

fn small() -> Vcsim {
    Vcsim::start(Size {
        datacenters: 2,
        clusters: 2,
        hosts: 3,
        vms: 5,
    })
}

fn collect(vcsim: &Vcsim, mode: &str, page_size: u32) -> (Vec<u8>, Value) {
    let asked = request::with(request::to(&vcsim.server, mode), "page_size", page_size);
    let ca_file = vcsim
        .server
        .ca_file
        .as_ref()
        .expect("a CA")
        .to_str()
        .expect("UTF-8");
    let output = plugin(&asked.to_string(), &[("STOCKTAKE_CA_FILE", ca_file)]);
    let answer = response(&output);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{mode}: {}",
        answer["errors"]
    );
    (output.stdout, answer)
}

fn count(answer: &Value, pointer: &str, field: &str, value: &str) -> u64 {
    let items = answer[pointer].as_array().expect("a list");
    items.iter().filter(|item| item[field] == value).count() as u64
}

/// PC-8, BY-7: pages of any size make one and the same response.
#[test]
fn every_page_size_gives_the_same_bytes_in_every_collect_mode() {
    let vcsim = small();
    for mode in ["collect", "collect_hosts", "collect_vms"] {
        let responses = PAGE_SIZES.map(|size| collect(&vcsim, mode, size).0);
        assert!(
            responses.iter().all(|response| *response == responses[0]),
            "{mode}"
        );
    }
}

/// SC-1, SC-5: each mode returns its kinds and relations.
#[test]
fn each_mode_answers_its_own_kinds_and_relations() {
    let vcsim = small();
    let (vms, hosts, clusters) = vcsim.counts();
    let in_clusters = hosts - 2;
    for (mode, expected) in [
        ("collect", (vms, hosts, clusters, vms, in_clusters)),
        ("collect_hosts", (0, hosts, clusters, 0, in_clusters)),
        ("collect_vms", (vms, 0, 0, vms, 0)),
    ] {
        let (_, answer) = collect(&vcsim, mode, 1000);
        let kind = |kind| count(&answer, "assets", "external_kind", kind);
        let relation = |name| count(&answer, "relations", "type", name);
        let found = (
            kind("vm"),
            kind("host"),
            kind("cluster"),
            relation("runs_on"),
            relation("member_of"),
        );
        assert_eq!(found, expected, "{mode}");
        assert_eq!(relation("hosts_vm"), relation("runs_on"), "{mode}");
        assert_eq!(answer["stats"]["inventory_complete"], true, "{mode}");
    }
}

#[test]
fn nothing_is_left_on_the_server_by_any_mode_and_page_size() {
    let vcsim = small();
    for mode in [
        "healthcheck",
        "detect",
        "collect",
        "collect_hosts",
        "collect_vms",
    ] {
        for size in PAGE_SIZES {
            let asked = request::with(request::to(&vcsim.server, mode), "page_size", size);
            let recording = record(&vcsim.server, &asked);
            assert!(
                recording.outcome.succeeded(),
                "{mode} {size}: {:?}",
                recording.outcome.errors
            );
            let balance = Balance::of(&recording);
            balance.assert_even();
            assert_eq!(balance.logins, 1, "{mode} {size}");
            let collects = usize::from(mode.starts_with("collect"));
            assert_eq!(balance.views_created, collects, "{mode} {size}");
            if size == 1 && collects == 1 {
                assert!(
                    balance.tokens > 10,
                    "{mode}: vcsim does not page: {balance:?}"
                );
            }
        }
    }
}

#[test]
fn detect_and_healthcheck_answer_without_assets() {
    let vcsim = small();
    let detected = run_against(&vcsim.server, "detect", &[]);
    assert_eq!(detected.status.code(), Some(0));
    let answer = response(&detected);
    assert_eq!(answer["detect"]["target_version"], "6.5.0 (build 5973321)");
    assert_eq!(answer["detect"]["recommended_preferred_version"], "6.5-6.7");
    let checked = run_against(&vcsim.server, "healthcheck", &[]);
    assert_eq!(checked.status.code(), Some(0));
    let answer = response(&checked);
    assert_eq!(answer["assets"], serde_json::json!([]));
    assert_eq!(answer.get("detect"), None);
}

#[test]
fn a_version_outside_the_range_is_reported_with_the_range_that_fits() {
    let vcsim = small();
    let output = run_against(
        &vcsim.server,
        "collect",
        &["--preferred-version", "7.0-8.x"],
    );
    assert_eq!(output.status.code(), Some(1));
    let answer = response(&output);
    assert_eq!(error_codes(&answer), ["VCENTER_API_VERSION_UNSUPPORTED"]);
    assert!(
        answer["errors"][0]["message"]
            .as_str()
            .is_some_and(|message| message.contains("6.5-6.7"))
    );
    assert_eq!(answer["detect"]["recommended_preferred_version"], "6.5-6.7");
}

/// BY-1: a thousand VMs, each of them, and proved.
#[test]
fn a_thousand_vms_are_collected_whole_and_the_response_validates() {
    let vcsim = Vcsim::start(Size {
        datacenters: 1,
        clusters: 3,
        hosts: 8,
        vms: 250,
    });
    let folder = tempfile::tempdir().expect("a folder");
    let mut documents = Vec::new();
    for size in ["7", "1000"] {
        let file = folder.path().join(format!("{size}.json"));
        let path = file.to_str().expect("UTF-8");
        let output = run_against(
            &vcsim.server,
            "collect",
            &["--page-size", size, "--output", path],
        );
        assert_eq!(
            output.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let validated = run(&["validate", path]);
        assert_eq!(
            validated.status.code(),
            Some(0),
            "{}",
            String::from_utf8_lossy(&validated.stdout)
        );
        documents.push(std::fs::read(&file).expect("the response"));
    }
    assert!(documents[0] == documents[1], "page sizes differ");
    let answer: Value = serde_json::from_slice(&documents[0]).expect("JSON");
    let (vms, hosts, clusters) = vcsim.counts();
    assert_eq!(vms, 1000);
    let kind = |kind| count(&answer, "assets", "external_kind", kind);
    assert_eq!(
        (kind("vm"), kind("host"), kind("cluster")),
        (vms, hosts, clusters)
    );
    let relation = |name| count(&answer, "relations", "type", name);
    assert_eq!(
        (
            relation("runs_on"),
            relation("hosts_vm"),
            relation("member_of")
        ),
        (vms, vms, hosts - 1)
    );
    assert_eq!(answer["stats"]["inventory_complete"], true);
}
