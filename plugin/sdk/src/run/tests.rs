use serde_json::{Value, json};

use super::fake::{self, Fake};
use super::{Run, wit};

fn open(pages: &Value, change: impl Fn(&mut Value)) -> Run<Fake> {
    let mut request = fake::request();
    request["source"]["config"]["pages"] = pages.clone();
    change(&mut request);
    Run::open(&request.to_string())
}

/// All pages of a run and its summary, which it answers again however it is asked.
fn pull(mut run: Run<Fake>) -> (Vec<wit::Page>, wit::Summary) {
    let pages = std::iter::from_fn(|| run.pull()).collect();
    let summary = run.summary();
    assert!(run.pull().is_none());
    run.close();
    assert_eq!(format!("{:?}", run.summary()), format!("{summary:?}"));
    (pages, summary)
}

fn error_messages(summary: &wit::Summary) -> Vec<&str> {
    let errors = summary.errors.iter();
    errors.map(|error| error.message.as_str()).collect()
}

#[test]
fn as_many_objects_as_were_announced_are_all() {
    let pages = json!([
        {"announced": {"vm": 3}, "vms": ["vm-1", "vm-2"]},
        {"announced": {"vm": 3}, "vms": ["vm-3"]},
    ]);
    let (pages, summary) = pull(open(&pages, |_| {}));
    assert_eq!([pages[0].sequence, pages[1].sequence], [0, 1]);
    assert_eq!(pages[0].assets[0].count, 2);
    assert_eq!(pages[1].batch.lines().count(), 1);
    let progress = &pages[1].progress;
    assert_eq!((progress.done, progress.total), (3, Some(3)));
    assert!(summary.stats.inventory_complete && summary.evidence.drained);
    assert_eq!(error_messages(&summary), [""; 0]);
    let kinds = summary.evidence.kinds.iter();
    let kinds: Vec<_> = kinds
        .map(|k| (k.kind.as_str(), k.announced, k.returned))
        .collect();
    assert_eq!(kinds, [("vm", 3, 3), ("host", 0, 0), ("cluster", 0, 0)]);
    assert_eq!(
        (summary.evidence.pages, summary.evidence.continue_calls),
        (2, 1)
    );
}

#[test]
fn less_or_more_than_announced_is_not_all() {
    for (announced, vms) in [(2, json!(["vm-1"])), (0, json!(["vm-1"]))] {
        let pages = json!([{"announced": {"vm": announced}, "vms": vms}]);
        let (_, summary) = pull(open(&pages, |_| {}));
        let message =
            format!("the source announced {announced} of kind vm and sent 1; collect again");
        assert_eq!(error_messages(&summary), [message]);
        assert_eq!(summary.errors[0].code, "INVENTORY_INCOMPLETE");
        assert!(!summary.stats.inventory_complete);
    }
}

#[test]
fn an_announcement_that_changes_is_not_proved_but_one_that_grows_by_a_kind_is() {
    let first = json!({"announced": {"vm": 1}, "vms": ["vm-1"]});
    let changed = json!({"announced": {"vm": 2}, "vms": ["vm-2"]});
    let (pages, summary) = pull(open(&json!([first, changed]), |_| {}));
    assert_eq!(pages.len(), 1);
    assert!(
        error_messages(&summary)[0]
            .starts_with("the inventory changed while it was read, from 1 of kind vm to 2")
    );
    let grown = json!({"announced": {"vm": 1, "host": 0}, "vms": []});
    let (_, summary) = pull(open(&json!([first, grown]), |_| {}));
    assert!(summary.stats.inventory_complete);
}

#[test]
fn an_empty_inventory_is_whole_only_where_that_is_allowed() {
    let pages = json!([{"announced": {}, "vms": []}]);
    let (_, summary) = pull(open(&pages, |_| {}));
    assert_eq!(summary.errors[0].code, "INVENTORY_INCOMPLETE");
    let (_, summary) = pull(open(&pages, |request| {
        request["source"]["config"]["allow_empty"] = true.into();
    }));
    assert!(summary.stats.inventory_complete);
}

#[test]
fn a_run_that_is_closed_early_is_not_complete() {
    let mut run = open(&fake::request()["source"]["config"]["pages"], |_| {});
    assert!(run.pull().is_some());
    run.close();
    assert!(!run.summary().stats.inventory_complete && !run.summary().evidence.drained);
    let (_, summary) = pull(run);
    assert_eq!(
        error_messages(&summary),
        ["the run was closed before its last page; collect again"]
    );
}

#[test]
fn what_a_source_or_a_request_fails_by_is_reported_by_the_summary() {
    let first = json!({"announced": {"vm": 1}, "vms": ["vm-1"]});
    let (pages, summary) = pull(open(&json!([first, null]), |_| {}));
    assert_eq!(pages.len(), 1);
    assert_eq!(error_messages(&summary), ["slow down"]);
    assert!(summary.errors[0].retryable && !summary.stats.inventory_complete);
    for (pages, mode, field) in [
        (json!("none"), "collect", "source.config.pages"),
        (json!([]), "detect", "request.mode"),
    ] {
        let run = open(&pages, |request| request["request"]["mode"] = mode.into());
        let (pages, summary) = pull(run);
        assert_eq!((pages.len(), summary.errors.len()), (0, 1));
        assert!(
            error_messages(&summary)[0].starts_with(field),
            "{summary:?}"
        );
    }
}

#[test]
fn a_mode_that_collects_nothing_ends_without_error_and_without_a_claim() {
    let run = open(&json!([]), |request| {
        request["request"]["mode"] = "healthcheck".into()
    });
    let (_, summary) = pull(run);
    assert_eq!(error_messages(&summary), [""; 0]);
    assert!(!summary.stats.inventory_complete);
}
