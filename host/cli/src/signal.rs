//! SIGINT and SIGTERM.

use std::io;

use tokio_util::sync::CancellationToken;

/// Cancelled by the first SIGINT or SIGTERM; the second ends the process.
///
/// Must be called within a runtime.
#[must_use]
pub fn cancellation() -> CancellationToken {
    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        if interrupted().await.is_err() {
            return;
        }
        tracing::warn!("cancelled; cleaning up on the server");
        cancel.cancel();
        if interrupted().await.is_ok() {
            std::process::exit(1);
        }
    });
    token
}

/// Waits for SIGINT or SIGTERM.
///
/// # Errors
///
/// When signals cannot be received.
pub async fn interrupted() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            received = tokio::signal::ctrl_c() => received,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
