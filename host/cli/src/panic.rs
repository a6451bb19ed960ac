//! What a defect of this program says of itself: where it is, and nothing that it was working on.

use std::panic;

/// Tells the place of any panic on stderr. The message is left out, for it may quote
/// what a server or a component sent.
pub(crate) fn report_place_only() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(
            || "an unknown place".to_owned(),
            |location| format!("{}:{}", location.file(), location.line()),
        );
        eprintln!("error: stocktake panicked at {place}; report this as a defect");
    }));
}
