//! A panic's last words: a trap says nothing, so a panic tells its place; not its words, which
//! may hold a secret.

use std::panic;
use std::sync::Once;

use crate::bindings::wasi::cli::stderr::get_stderr;

/// Sends the place of any panic to stderr before the component traps.
pub(crate) fn report() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        panic::set_hook(Box::new(|info| {
            let place = info.location().map_or_else(
                || "an unknown place".to_owned(),
                |location| format!("{}:{}", location.file(), location.line()),
            );
            let words = format!("the collector panicked at {place}\n");
            // There is nobody left to tell when even this fails.
            let _ = get_stderr().blocking_write_and_flush(words.as_bytes());
        }));
    });
}
