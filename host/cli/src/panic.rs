//! The message of a panic: its location, and no data.

use std::panic;

/// Reports the location of any panic on stderr, without its message, which may quote
/// what a server or a component sent.
pub(crate) fn report_place_only() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(
            || "an unknown location".to_owned(),
            |location| format!("{}:{}", location.file(), location.line()),
        );
        eprintln!("error: stocktake panicked at {place}; report this as a defect");
    }));
}
