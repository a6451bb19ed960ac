//! Each vCenter by the range that is found for it.

use stocktake_simulator::{Profile, Simulator};
use stocktake_tests::executable::{error_codes, response, run_against};
use stocktake_tests::server;

fn simulated(profile: Profile) -> server::Simulated {
    let builder = Simulator::builder().vms(8).hosts(2).clusters(1);
    server::start(builder.profile(profile))
}

/// What `detect` recommends, `collect` accepts: by itself and as `auto` finds it.
#[test]
fn every_version_is_collected_by_the_range_that_detect_recommends() {
    for (profile, range) in [
        (Profile::V6_5, "6.5-6.7"),
        (Profile::V6_7, "6.5-6.7"),
        (Profile::V7_0, "7.0-8.x"),
        (Profile::V8_0, "7.0-8.x"),
        (Profile::V9_0, "9.x"),
        (Profile::V9_1, "9.x"),
    ] {
        let simulated = simulated(profile);
        let detected = response(&run_against(&simulated.server, "detect", &[]));
        let recommended = &detected["detect"]["recommended_preferred_version"];
        assert_eq!(recommended, range, "{profile}");
        for asked in [range, "auto"] {
            let arguments = ["--preferred-version", asked];
            let collected = response(&run_against(&simulated.server, "collect", &arguments));
            assert_eq!(
                collected["errors"],
                serde_json::json!([]),
                "{profile}: {asked}"
            );
            assert_eq!(
                collected["stats"]["inventory_complete"], true,
                "{profile}: {asked}"
            );
        }
        simulated.assert_clean();
    }
}

#[test]
fn a_vcenter_9_outside_the_configured_range_is_reported_with_the_range_that_fits() {
    let simulated = simulated(Profile::V9_0);
    let arguments = ["--preferred-version", "7.0-8.x"];
    let collected = response(&run_against(&simulated.server, "collect", &arguments));
    assert_eq!(error_codes(&collected), ["VCENTER_API_VERSION_UNSUPPORTED"]);
    let message = collected["errors"][0]["message"].as_str();
    assert!(message.is_some_and(|message| message.ends_with("preferred_vcenter_version to 9.x")));
    simulated.assert_clean();
}
