//! A collector that misbehaves is refused by the code of what it does, writes nothing that
//! could pass for an inventory, leaves the vCenter alone, and harms no other run.
//!
//! | module | holds |
//! | --- | --- |
//! | [`refusals`] | what it says |
//! | [`count`] | what it lists, against what there is |
//! | [`exhaustion`] | what it takes |
//! | [`trespass`] | what it asks for |
//! | [`leaks`] | what it discloses of its request |
//! | [`process`] | the same by the executable: what reaches stdout, stderr and files |

mod count;
mod exhaustion;
mod leaks;
mod process;
mod refusals;
mod trespass;

use std::sync::LazyLock;
use std::time::Duration;

use stocktake_contract::request::Mode;
use stocktake_runtime::limits::SandboxLimits;
use stocktake_runtime::validation::{self, Scope, validate};
use stocktake_tests::hostile::{Cage, Ran};
use stocktake_tests::server::MARKED_PASSWORD;

/// Enough for everything that is not about time.
static CAGE: LazyLock<Cage> = LazyLock::new(|| Cage::new(limits()));

/// For guests that never end.
static HURRIED: LazyLock<Cage> = LazyLock::new(|| {
    let mut limits = limits();
    limits.wall = Duration::from_millis(500);
    limits.grace = Duration::from_millis(300);
    Cage::new(limits)
});

fn limits() -> SandboxLimits {
    let mut limits = SandboxLimits::default();
    limits.memory_bytes = 320 << 20;
    limits.handles = 500;
    limits.pages = 200;
    limits.output_bytes = 128 << 20;
    limits
}

/// Asserts what holds whatever a guest did: the document is whole and valid, says that it is
/// no inventory, and discloses no secret.
fn assert_refused(behaviour: &str, ran: &Ran, code: &str) {
    let codes = ran.codes();
    assert_eq!(
        codes.first(),
        Some(&code),
        "{behaviour}: {:?}",
        ran.outcome.errors
    );
    assert!(ran.outcome.proof().is_none(), "{behaviour}");
    let document = ran.document();
    assert_eq!(
        document["stats"]["inventory_complete"], false,
        "{behaviour}"
    );
    assert_valid(behaviour, ran);
}

fn assert_valid(behaviour: &str, ran: &Ran) {
    let scope = Scope::from_document(Some(Mode::Collect), Vec::new());
    let report = validate(&ran.response, scope, validation::ItemLimits::default());
    assert!(report.issues.is_empty(), "{behaviour}: {:?}", report.issues);
    let text = String::from_utf8_lossy(&ran.response);
    assert!(!text.contains("M4RK"), "{behaviour}: {text}");
    assert!(MARKED_PASSWORD.contains("M4RK"));
}
