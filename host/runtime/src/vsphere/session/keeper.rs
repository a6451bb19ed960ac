//! A session that one run leaves to the next.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::VsphereSession;

/// Keeps the session of a vCenter between two runs of the host's, so that they need one login.
///
/// The first run is under [`Policy::leaving_session_to`](crate::Policy::leaving_session_to),
/// the second under [`Policy::with_session_of`](crate::Policy::with_session_of), which
/// ends the session with that run. Where no second run comes, call [`SessionKeeper::end`].
#[derive(Clone, Debug, Default)]
pub struct SessionKeeper(Arc<Mutex<Option<VsphereSession>>>);

impl SessionKeeper {
    /// Ends the session on the server, if there is one.
    pub async fn end(&self) {
        let kept = self.lock().take();
        if let Some(session) = kept {
            session.log_out().await;
        }
    }

    pub(super) fn keep(&self, session: VsphereSession) {
        *self.lock() = Some(session);
    }

    /// The session, if `fits` says that it is the one that is needed.
    pub(super) fn take_if(
        &self,
        fits: impl FnOnce(&mut VsphereSession) -> bool,
    ) -> Option<VsphereSession> {
        self.lock().take_if(fits)
    }

    fn lock(&self) -> MutexGuard<'_, Option<VsphereSession>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
