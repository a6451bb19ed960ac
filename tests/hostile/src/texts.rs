//! Writes texts that break their reader.

use serde_json::json;

use crate::bindings::exports::stocktake::collector::inventory::{Detection, Pulled};
use crate::run::{Run, asset, asset_with, inventory, problem, warning};

/// Clears a terminal and forges a line of a log.
const CONTROLS: &str = "\u{1b}[2J\u{9b}31m\r\nerror: forged\u{7}\u{7f}";

pub(crate) fn no_json(run: &mut Run) -> Pulled {
    let mut page = run.counted(&inventory());
    page.batch.push_str("{\"asset\":}\n");
    Pulled::Page(page)
}

pub(crate) fn cut_the_last_line(run: &mut Run) -> Pulled {
    let mut page = run.counted(&inventory());
    page.batch.pop();
    Pulled::Page(page)
}

pub(crate) fn nest(run: &mut Run) -> Pulled {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let mut page = run.counted(&[asset("vm", "vm-1")]);
    page.batch = page.batch.replace("\"vm-1\"}", &format!("{deep}}}"));
    Pulled::Page(page)
}

pub(crate) fn raw_controls(run: &mut Run) -> Pulled {
    let mut page = run.counted(&[asset("vm", "vm-1")]);
    page.batch = page.batch.replace("\"vm-1\"}", "\"\u{1b}[2J\"}");
    Pulled::Page(page)
}

/// Valid JSON; the code that prints it has to escape it.
pub(crate) fn escaped_controls(run: &mut Run) -> Pulled {
    let mut vm = asset_with("vm", "vm-1", &json!({"name": CONTROLS}));
    vm = vm.replace(
        "\"identity\":{}",
        &json!({"caption": CONTROLS})
            .to_string()
            .replacen('{', "\"identity\":{", 1),
    );
    let mut lines = inventory();
    lines[0] = vm;
    lines.push(warning(CONTROLS));
    run.page_then_summary(&lines)
}

pub(crate) fn half_a_character(run: &mut Run) -> Pulled {
    let mut page = run.counted(&[asset("vm", "vm-1")]);
    page.batch = page.batch.replace("\"vm-1\"}", "\"\\ud83d\"}");
    Pulled::Page(page)
}

pub(crate) fn carriage_returns(run: &mut Run) -> Pulled {
    let mut page = run.counted(&[asset("vm", "vm-1")]);
    page.batch = page.batch.replace("\"name\":", "\"name\":\r");
    Pulled::Page(page)
}

pub(crate) fn controls_in_errors(run: &mut Run) -> Pulled {
    let mut summary = run.failure("VCENTER_NETWORK_ERROR", CONTROLS);
    summary.errors.push(problem(CONTROLS, CONTROLS));
    for kind in &mut summary.evidence.kinds {
        kind.kind.push_str(CONTROLS);
        kind.missing_privileges.push(CONTROLS.to_owned());
    }
    summary.detection = Some(Detection {
        target_version: CONTROLS.to_owned(),
        capabilities: json!({"build": CONTROLS}).to_string(),
        driver: CONTROLS.to_owned(),
        recommended_preferred_version: CONTROLS.to_owned(),
    });
    Pulled::Summary(summary)
}

pub(crate) fn endless_errors(run: &mut Run) -> Pulled {
    let mut summary = run.failure("VCENTER_NETWORK_ERROR", &"x".repeat(1 << 20));
    summary.errors = vec![summary.errors.remove(0); 64];
    Pulled::Summary(summary)
}
