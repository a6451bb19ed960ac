//! The names of the behaviours.

use crate::bindings::exports::stocktake::collector::inventory::Pulled;
use crate::run::Run;
use crate::{counting, endings, exhaustion, leaks, lies, texts, trespass};

/// What a run does when it is pulled.
pub(crate) type Pull = fn(&mut Run) -> Pulled;

/// Every behaviour, by its name.
const BEHAVIOURS: [(&str, Pull); 65] = [
    ("honest", |run| run.truth()),
    ("spins-for-ever", |_| exhaustion::spin()),
    ("sleeps-for-ever", |_| exhaustion::sleep()),
    ("waits-for-a-silent-server", exhaustion::wait_for_a_server),
    ("hogs-memory", |_| exhaustion::hog_memory()),
    ("hoards-handles-of-the-host", |_| exhaustion::hoard_fields()),
    ("hoards-handles-of-its-own", |_| exhaustion::hoard_runs()),
    ("floods-empty-pages", |run| run.page(&[])),
    ("floods-pages-of-assets", exhaustion::flood_assets),
    ("floods-requests", exhaustion::flood_requests),
    ("opens-bodies-and-leaves-them", exhaustion::leave_bodies),
    ("floods-ids", exhaustion::flood_ids),
    ("warns-of-16-mib", exhaustion::warn_at_length),
    ("hands-over-100-mib", exhaustion::hand_over_a_giant),
    ("miscounts-the-assets-of-a-page", lies::miscount_assets),
    (
        "miscounts-the-relations-of-a-page",
        lies::miscount_relations,
    ),
    ("counts-a-kind-twice", lies::count_twice),
    ("skips-a-page", lies::skip_a_page),
    ("miscounts-in-the-summary", lies::miscount_in_the_summary),
    (
        "claims-completeness-without-evidence",
        lies::claim_without_evidence,
    ),
    ("claims-completeness-of-a-part", lies::claim_of_a_part),
    ("claims-completeness-of-nothing", lies::claim_of_nothing),
    ("claims-completeness-with-errors", lies::claim_with_errors),
    ("claims-sessions-that-it-left", lies::claim_a_session),
    ("fails-without-an-error", lies::fail_without_an_error),
    ("repeats-an-asset", lies::repeat_an_asset),
    ("repeats-a-relation", lies::repeat_a_relation),
    ("relates-what-is-not-there", lies::dangle),
    ("emits-a-foreign-kind", lies::emit_a_foreign_kind),
    ("emits-a-kind-not-asked-for", lies::emit_an_unasked_kind),
    (
        "emits-an-invalid-normalized",
        lies::emit_an_invalid_normalized,
    ),
    ("reports-an-unknown-code", lies::report_an_unknown_code),
    (
        "reports-a-context-that-is-no-object",
        lies::report_a_broken_context,
    ),
    ("lists-one-invented-vm", counting::list_one_invented_vm),
    ("invents-a-vm", counting::invent_a_vm),
    ("withholds-a-vm", counting::withhold_a_vm),
    ("withholds-a-host", counting::withhold_a_host),
    ("swaps-ids-between-kinds", counting::swap_ids),
    ("swaps-two-vms", counting::swap_two_vms),
    (
        "misreports-a-power-state",
        counting::misreport_a_power_state,
    ),
    ("renames-a-vm", counting::rename_a_vm),
    ("shrinks-the-scope", counting::shrink_the_scope),
    ("widens-the-scope", counting::widen_the_scope),
    ("writes-what-is-no-json", texts::no_json),
    ("cuts-the-last-line", texts::cut_the_last_line),
    ("nests-too-deep", texts::nest),
    ("writes-raw-control-characters", texts::raw_controls),
    ("writes-escaped-control-characters", texts::escaped_controls),
    ("writes-half-a-character", texts::half_a_character),
    ("writes-carriage-returns", texts::carriage_returns),
    ("control-characters-in-errors", texts::controls_in_errors),
    ("endless-errors", texts::endless_errors),
    ("asks-another-host", trespass::ask_the_target),
    (
        "asks-the-metadata-service",
        trespass::ask_the_metadata_service,
    ),
    ("asks-a-rebinding-name", trespass::ask_a_rebinding_name),
    ("smuggles-headers", trespass::smuggle_headers),
    ("calls-as-instructed", trespass::call_as_instructed),
    ("powers-off-a-vm", trespass::power_off),
    ("sends-two-methods-at-once", trespass::send_two_methods),
    ("logs-in", trespass::log_in),
    ("leaks-in-its-errors", leaks::in_errors),
    ("leaks-in-its-warnings", leaks::in_warnings),
    ("leaks-in-its-assets", leaks::in_assets),
    ("traps-on-page-3", endings::trap_on_page_3),
    ("traps-while-closing", |run| run.page(&[])),
];

/// The behaviour of this name; a request for another is a mistake of the test.
pub(crate) fn by_name(name: &str) -> Pull {
    let found = BEHAVIOURS.iter().find(|(known, _)| *known == name);
    found
        .unwrap_or_else(|| panic!("there is no behaviour {name:?}"))
        .1
}
