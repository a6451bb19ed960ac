//! What is logged, for tests.

use std::io;
use std::sync::{Arc, Mutex};

/// What `work` logs: a line per event, fields as `name=value`.
pub(crate) fn events(work: impl FnOnce()) -> Vec<String> {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("a log").extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let written = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || written.clone())
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .finish();
    tracing::subscriber::with_default(subscriber, work);
    let bytes = log.0.lock().expect("a log").clone();
    let text = String::from_utf8(bytes).expect("UTF-8");
    text.lines().map(|line| line.trim().to_owned()).collect()
}
