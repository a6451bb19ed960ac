//! A policy file takes effect, however it is named.

mod reads;

use std::fs;

use stocktake_tests::executable::{self, command, error_codes, response, run_against};
use stocktake_tests::request;
use stocktake_tests::server;

#[test]
fn a_limit_of_the_policy_file_holds_for_commands_and_for_the_plugin() {
    let simulated = server::simulator(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("policy.toml");
    let path = file.to_str().expect("UTF-8");
    let collect =
        |arguments: &[&str]| response(&run_against(&simulated.server, "collect", arguments));
    let ca_file = simulated.server.ca_file.as_ref().expect("TLS");
    let environment = [
        ("STOCKTAKE_POLICY", path),
        ("STOCKTAKE_CA_FILE", ca_file.to_str().expect("UTF-8")),
    ];
    let request = request::to(&simulated.server, "collect").to_string();

    fs::write(&file, "[network]\nrequests = 3\n").expect("written");
    let reported = collect(&["--preferred-version", "7.0-8.x", "--policy", path]);
    let by_environment = response(&executable::plugin(&request, &environment));
    for answer in [reported, by_environment] {
        assert_eq!(
            error_codes(&answer)[0],
            "PLUGIN_BUDGET_EXCEEDED",
            "{answer}"
        );
        let context = &answer["errors"][0]["redacted_context"];
        assert_eq!(
            (&context["budget"], &context["allowed"]),
            (&"requests".into(), &3.into())
        );
    }

    fs::write(&file, "[network]\nrequest = 3\n").expect("written");
    let refused = run_against(&simulated.server, "collect", &["--policy", path]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let reported = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        reported.starts_with("error: --policy ") && reported.contains("`request`"),
        "{reported}"
    );
    let by_environment = response(&executable::plugin(&request, &environment));
    assert_eq!(error_codes(&by_environment), ["VCENTER_CONFIG_INVALID"]);
    let message = by_environment["errors"][0]["message"].as_str();
    let message = message.expect("a message");
    assert!(
        message.starts_with("STOCKTAKE_POLICY ") && message.contains("`request`"),
        "{message}"
    );

    let shown = command(&["policy", "show"])
        .output()
        .expect("stocktake starts");
    fs::write(&file, &shown.stdout).expect("written");
    let reported = collect(&["--policy", path]);
    assert_eq!(reported["stats"]["inventory_complete"], true, "{reported}");
    simulated.assert_clean();
}
