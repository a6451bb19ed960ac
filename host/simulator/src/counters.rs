//! Counters of a simulator, for tests.

use std::sync::atomic::{AtomicU64, Ordering};

/// A snapshot of everything counted since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counters {
    /// Successful logins.
    pub logins: u64,
    /// Logins refused.
    pub refused_logins: u64,
    /// Logouts of an open session.
    pub logouts: u64,
    /// Sessions open now.
    pub sessions_open: u64,
    /// Views created.
    pub views_created: u64,
    /// Views destroyed by a call; those that end with their session are not counted.
    pub views_destroyed: u64,
    /// Views open now.
    pub views_open: u64,
    /// Retrievals that wait for a continuation now.
    pub tokens_open: u64,
    /// RetrieveProperties and RetrievePropertiesEx calls.
    pub retrieve_calls: u64,
    /// ContinueRetrievePropertiesEx calls.
    pub continue_calls: u64,
    /// CancelRetrievePropertiesEx calls.
    pub cancel_calls: u64,
    /// CurrentTime calls.
    pub current_time_calls: u64,
    /// Requests of the Automation API.
    pub automation_calls: u64,
    /// Sessions of the Automation API that were opened.
    pub automation_logins: u64,
    /// Logins of the Automation API that were refused.
    pub refused_automation_logins: u64,
    /// Sessions of the Automation API that were closed by a call.
    pub automation_logouts: u64,
    /// Sessions of the Automation API that are open now.
    pub automation_sessions_open: u64,
    /// HTTP requests of any kind.
    pub requests: u64,
    /// TCP connections accepted.
    pub connections: u64,
    /// Bytes of reply bodies handed to connections, after compression.
    pub bytes_sent: u64,
}

macro_rules! tally {
    ($($field:ident)*) => {
        /// The totals behind [`Counters`].
        #[derive(Debug, Default)]
        pub(crate) struct Tally {
            $(pub(crate) $field: AtomicU64,)*
        }

        impl Tally {
            /// The totals; the owners fill in what is open now.
            pub(crate) fn snapshot(&self) -> Counters {
                Counters {
                    $($field: self.$field.load(Ordering::Relaxed),)*
                    ..Counters::default()
                }
            }
        }
    };
}

tally! {
    logins refused_logins logouts views_created views_destroyed retrieve_calls continue_calls cancel_calls
    automation_calls automation_logins refused_automation_logins automation_logouts current_time_calls requests connections bytes_sent
}

/// Counts one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
