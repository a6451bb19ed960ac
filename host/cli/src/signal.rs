//! SIGINT and SIGTERM.

use std::io;
use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use crate::exit::Exit;

/// What asks a process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT, as Ctrl-C sends it.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

/// Whether the process was asked to end, and by which signal.
#[derive(Clone, Debug)]
pub struct Interruption {
    token: CancellationToken,
    received: Arc<OnceLock<Signal>>,
}

impl Interruption {
    /// Listens for signals: the first cancels the token, the second ends the process.
    ///
    /// Must be called within a runtime.
    #[must_use]
    pub fn listen() -> Self {
        let interruption = Interruption {
            token: CancellationToken::new(),
            received: Arc::default(),
        };
        let Interruption { token, received } = interruption.clone();
        tokio::spawn(async move {
            let Ok(signal) = interrupted().await else {
                return;
            };
            tracing::info!("interrupted; cleaning up on the server");
            // It is set once, here.
            let _ = received.set(signal);
            token.cancel();
            if let Ok(signal) = interrupted().await {
                std::process::exit(Exit::Signalled(signal).number().into());
            }
        });
        interruption
    }

    /// Cancelled by the first signal.
    #[must_use]
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// The first signal, if one came.
    #[must_use]
    pub fn signal(&self) -> Option<Signal> {
        self.received.get().copied()
    }
}

/// Waits for SIGINT or SIGTERM.
///
/// # Errors
///
/// When signals cannot be received.
pub async fn interrupted() -> io::Result<Signal> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            received = tokio::signal::ctrl_c() => received.map(|()| Signal::Interrupt),
            _ = terminate.recv() => Ok(Signal::Terminate),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.map(|()| Signal::Interrupt)
}
