//! How a run can end before it is over.

use stocktake_tests::server::{self, MARK};
use stocktake_tests::{hostile, request};

use super::{MISBEHAVING, PACKAGE, given, run};

#[test]
fn a_collector_that_traps_is_reported_in_a_whole_document() {
    let simulated = server::simulator(&[]);
    let asked = hostile::request(&simulated.server, "traps-on-page-3");
    let document = MISBEHAVING.answer(&simulated.server, &asked);
    let error = &document["errors"][0];
    assert_eq!(error["code"], "PLUGIN_TRAPPED");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("the collector trapped: "), "{message}");
    assert_eq!(document["stats"]["inventory_complete"], false);
}

#[test]
fn what_a_collector_writes_to_stderr_reaches_the_caller_and_no_document() {
    let simulated = server::simulator(&[]);
    let asked = hostile::request(&simulated.server, "panics-in-the-constructor");
    let mut given = given(&simulated.server, &asked);
    given["mark"] = MARK.into();
    let results = run(
        &MISBEHAVING.package(),
        &given,
        "
        let words = '';
        const run = open(given.request, { ...given.policy, stderr: (text) => { words += text; } });
        const document = JSON.parse([...response(run)].join(''));
        const heard = words.includes(given.mark);
        console.log(JSON.stringify({ heard, document }));",
    );
    assert_eq!(results["heard"], true);
    assert_eq!(results["document"]["errors"][0]["code"], "PLUGIN_TRAPPED");
}

#[test]
fn a_page_that_does_not_hold_what_it_counts_ends_the_run() {
    let simulated = server::simulator(&[]);
    for behaviour in [
        "miscounts-the-assets-of-a-page",
        "miscounts-the-relations-of-a-page",
        "writes-what-is-no-json",
    ] {
        let asked = hostile::request(&simulated.server, behaviour);
        let document = MISBEHAVING.answer(&simulated.server, &asked);
        let code = &document["errors"][0]["code"];
        assert_eq!(code, "PLUGIN_RESPONSE_INVALID", "{behaviour}");
        assert_eq!(document["stats"]["inventory_complete"], false);
    }
}

#[test]
fn a_run_that_is_left_early_leaves_nothing_on_the_server() {
    let simulated = server::simulator(&[]);
    let asked = request::with(request::to(&simulated.server, "collect"), "page_size", 3);
    let endings = [
        "for (const page of run) { pages += 1; break; }",
        "try { for (const page of run) { pages += 1; throw new Error('left'); } } catch {}",
        "for (const text of response(run)) { pages += 1; break; }",
        "run[Symbol.iterator]().next(); pages += 1; run.close();",
        "run[Symbol.iterator]().next(); pages += 1; run.refuse('one is wrong');",
    ];
    for ending in endings {
        let summary = run(
            PACKAGE,
            &given(&simulated.server, &asked),
            &format!(
                "
                const run = open(given.request, given.policy);
                let pages = 0;
                {ending}
                const {{ stats, errors }} = run.summary;
                const again = run.close() === run.summary && [...run].length === 0;
                console.log(JSON.stringify({{ pages, again, complete: stats.inventoryComplete, errors: errors.length }}));"
            ),
        );
        assert_eq!(summary["pages"], 1, "{ending}");
        assert_eq!(summary["again"], true, "{ending}");
        assert_eq!(summary["complete"], false, "{ending}");
        simulated.assert_clean();
    }
    let counters = simulated.simulator.counters();
    assert!(counters.logins > 0 && counters.logins == counters.logouts);
}
