//! The panic hook: writes the location to `wasi:cli/stderr`. The message
//! is omitted, for it may quote what a server sent.

use std::panic;
use std::sync::Once;

use crate::bindings::wasi::cli::stderr::get_stderr;

/// Writes the location of any panic to stderr before the component traps.
pub(crate) fn report() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        panic::set_hook(Box::new(|info| {
            let place = info.location().map_or_else(
                || "an unknown location".to_owned(),
                |location| format!("{}:{}", location.file(), location.line()),
            );
            let words = format!("the collector panicked at {place}\n");
            // A failure here cannot be reported.
            let _ = get_stderr().blocking_write_and_flush(words.as_bytes());
        }));
    });
}
