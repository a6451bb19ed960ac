//! What may be read is what is read.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stocktake_runtime::gateway::Trust;
use stocktake_runtime::vsphere::Readable;
use stocktake_runtime::{Cache, Policy, Runtime};
use stocktake_tests::executable::{self, command};
use stocktake_tests::recording::Recording;
use stocktake_tests::vcsim::{Size, Vcsim};
use stocktake_tests::{request, server};
use tokio_util::sync::CancellationToken;

/// Every request that reads otherwise than another: 3 modes, the profiles, with and without the
/// heavy relationships, 2 strategies, all of the inventory and parts of it.
fn configurations(profiles: &[&str], scopes: &[Value]) -> Vec<(&'static str, Value)> {
    let mut all = Vec::new();
    for mode in ["collect", "collect_hosts", "collect_vms"] {
        for profile in profiles {
            for deep in [false, true] {
                for scope in scopes {
                    for strategy in ["property_collector", "per_object"] {
                        let mut config = json!({
                            "profile": profile,
                            "deep_relationships": deep,
                            "strategy": strategy,
                            "inventory_scope": scope,
                        });
                        if mode == "collect" {
                            let kinds = ["datastore", "network", "dvportgroup", "dvswitch"];
                            config["kinds"] = json!(kinds);
                        }
                        all.push((mode, config));
                    }
                }
            }
        }
    }
    all
}

const SMALL: Size = Size {
    datacenters: 1,
    clusters: 1,
    hosts: 1,
    vms: 1,
};

/// The types and paths that a request body asks for.
fn asked(body: &str) -> Vec<(String, String)> {
    let sets = body.split("<propSet>").skip(1);
    let sets = sets.filter_map(|set| set.split("</propSet>").next());
    let texts = |set: &str, name: &str| -> Vec<String> {
        let opening = format!("<{name}>");
        let opened = set.split(opening.as_str()).skip(1);
        opened
            .filter_map(|rest| Some(rest.split('<').next()?.to_owned()))
            .collect()
    };
    let pairs = sets.flat_map(|set| {
        let of = texts(set, "type").remove(0);
        let paths = texts(set, "pathSet").into_iter();
        paths
            .map(move |path| (of.clone(), path))
            .collect::<Vec<_>>()
    });
    pairs.collect()
}

/// BY-15: what the policy allows by default is what the collector asks for, no less and no more.
#[test]
fn what_a_policy_allows_to_read_is_exactly_what_the_collector_reads() {
    let simulated = server::simulator(&[]);
    let vcsim = Vcsim::start_with(SMALL, &["-pool", "1", "-app", "1"]);
    let scopes = [
        json!({}),
        json!({"datacenter_names": ["DC01 Berlin"]}),
        json!({"cluster_names": ["cluster-01"]}),
        json!({"folder_paths": ["/DC01 Berlin"]}),
    ];
    let simulated_runs = configurations(&["ledger", "sync"], &scopes);
    // Only a part of the details' properties is simulated by the other.
    let vcsim_runs = configurations(
        &["full"],
        &[json!({}), json!({"datacenter_names": ["DC0"]})],
    );
    let runs = simulated_runs
        .into_iter()
        .map(|run| (&simulated.server, run));
    let runs = runs.chain(vcsim_runs.into_iter().map(|run| (&vcsim.server, run)));
    let runtime = Runtime::new().expect("an engine");
    let runtime = runtime.with_cache(Cache::new(executable::compiled()));
    let collector = runtime
        .load(stocktake_vcenter_artifact::COMPONENT)
        .expect("the built-in component");
    let executor = tokio::runtime::Runtime::new().expect("threads");
    let mut read = BTreeSet::new();
    for (server, (mode, config)) in runs {
        let ca_file = server.ca_file.as_ref().expect("TLS");
        let trust = Trust::ca_file(ca_file).expect("the CA file");
        let mut request = request::to(server, mode);
        for (key, value) in config.as_object().expect("settings") {
            request = request::with(request, key, value.clone());
        }
        let request = request::parsed(&request);
        let policy = Policy::for_request(&request).trusting(trust);
        let recording = executor.block_on(Recording::of(
            &collector,
            &request,
            policy,
            |_| {},
            &CancellationToken::new(),
        ));
        let errors = &recording.outcome.errors;
        assert!(
            recording.outcome.proof().is_some(),
            "{mode} {config}: {errors:?}"
        );
        for exchange in &recording.exchanges {
            read.extend(asked(&String::from_utf8_lossy(&exchange.request_body)));
        }
    }
    let readable = Readable::default();
    let allowed: BTreeSet<(String, String)> = readable
        .types()
        .flat_map(|(of, paths)| paths.map(move |path| (of.to_owned(), path.to_owned())))
        .collect();
    assert_eq!(read, allowed);
    simulated.assert_clean();
}

/// BY-15
#[test]
fn the_policy_that_is_shown_lists_what_may_be_read() {
    let shown = command(&["policy", "show"])
        .output()
        .expect("stocktake starts");
    let shown: toml::Table = String::from_utf8(shown.stdout)
        .expect("UTF-8")
        .parse()
        .expect("TOML");
    let read = shown["calls"]["read"].as_table().expect("a table");
    let paths = |of: &str| read[of].as_array().expect("a list").clone();
    assert!(paths("VirtualMachine").contains(&"config.uuid".into()));
    assert_eq!(paths("ContainerView"), [toml::Value::from("view")]);
    assert!(!read.contains_key("SessionManager"));
}
