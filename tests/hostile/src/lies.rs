//! Says what is not so.

use crate::bindings::exports::stocktake::collector::inventory::{KindCount, Pulled, Summary};
use crate::run::{Run, asset, inventory, problem, relation};

pub(crate) fn miscount_assets(run: &mut Run) -> Pulled {
    let mut page = run.counted(&inventory());
    for entry in &mut page.assets {
        entry.count += 1;
    }
    Pulled::Page(page)
}

pub(crate) fn miscount_relations(run: &mut Run) -> Pulled {
    let mut page = run.counted(&inventory());
    page.relations = 0;
    Pulled::Page(page)
}

pub(crate) fn count_twice(run: &mut Run) -> Pulled {
    let mut page = run.counted(&[asset("vm", "vm-1")]);
    page.assets.push(KindCount {
        kind: "vm".to_owned(),
        count: 1,
    });
    Pulled::Page(page)
}

pub(crate) fn skip_a_page(run: &mut Run) -> Pulled {
    let mut page = run.counted(&inventory());
    page.sequence += 1;
    Pulled::Page(page)
}

/// The truth, with a summary that was tampered with.
fn falsified(run: &mut Run, falsify: impl FnOnce(&mut Summary)) -> Pulled {
    match run.truth() {
        Pulled::Summary(mut summary) => {
            falsify(&mut summary);
            Pulled::Summary(summary)
        }
        page => page,
    }
}

pub(crate) fn miscount_in_the_summary(run: &mut Run) -> Pulled {
    falsified(run, |summary| summary.stats.assets += 1)
}

pub(crate) fn claim_without_evidence(run: &mut Run) -> Pulled {
    falsified(run, |summary| {
        summary.evidence.kinds.clear();
        summary.evidence.drained = false;
    })
}

pub(crate) fn claim_of_a_part(run: &mut Run) -> Pulled {
    falsified(run, |summary| {
        for kind in &mut summary.evidence.kinds {
            kind.announced += 1;
        }
    })
}

pub(crate) fn claim_of_nothing(run: &mut Run) -> Pulled {
    Pulled::Summary(run.summary())
}

pub(crate) fn claim_with_errors(run: &mut Run) -> Pulled {
    falsified(run, |summary| {
        let error = problem("VCENTER_NETWORK_ERROR", "and yet it is complete");
        summary.errors.push(error);
    })
}

pub(crate) fn claim_a_session(run: &mut Run) -> Pulled {
    falsified(run, |summary| summary.evidence.logins = 1)
}

pub(crate) fn fail_without_an_error(run: &mut Run) -> Pulled {
    falsified(run, |summary| summary.stats.inventory_complete = false)
}

pub(crate) fn repeat_an_asset(run: &mut Run) -> Pulled {
    run.page(&inventory())
}

pub(crate) fn repeat_a_relation(run: &mut Run) -> Pulled {
    let again = relation("runs_on", ("vm", "vm-1"), ("host", "host-1"));
    let mut lines = inventory();
    lines.push(again);
    run.page_then_summary(&lines)
}

pub(crate) fn dangle(run: &mut Run) -> Pulled {
    let mut lines = inventory();
    lines.push(relation("runs_on", ("vm", "vm-1"), ("host", "host-2")));
    run.page_then_summary(&lines)
}

pub(crate) fn emit_a_foreign_kind(run: &mut Run) -> Pulled {
    run.page_then_summary(&[asset("toaster", "toaster-1")])
}

pub(crate) fn emit_an_unasked_kind(run: &mut Run) -> Pulled {
    run.page_then_summary(&[asset("datastore", "datastore-1")])
}

pub(crate) fn emit_an_invalid_normalized(run: &mut Run) -> Pulled {
    let line = asset("vm", "vm-1").replace("\"memory_bytes\":1", "\"memory_bytes\":-1");
    run.page_then_summary(&[line])
}

pub(crate) fn report_an_unknown_code(run: &mut Run) -> Pulled {
    Pulled::Summary(run.failure("VCENTER_ON_FIRE", "it burns"))
}

pub(crate) fn report_a_broken_context(run: &mut Run) -> Pulled {
    let mut summary = run.failure("VCENTER_NETWORK_ERROR", "no");
    for error in &mut summary.errors {
        error.redacted_context = Some("[".repeat(100_000));
    }
    Pulled::Summary(summary)
}
