//! SIGINT and SIGTERM.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// Time limit of a process that received a signal. The run's own limits, for the logout and for a reader
/// that does not read, are shorter.
const END: Duration = Duration::from_secs(10);

/// A signal that asks the process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT, as Ctrl-C sends it.
    Interrupt,
    /// SIGTERM.
    Terminate,
}

impl Signal {
    /// The exit code of a process that it ended, as a shell reports it.
    #[must_use]
    pub fn exit_number(self) -> u8 {
        match self {
            Signal::Interrupt => 130,
            Signal::Terminate => 143,
        }
    }
}

/// Whether the process was asked to end, and by which signal.
#[derive(Clone, Debug)]
pub struct Interruption {
    token: CancellationToken,
    received: Arc<OnceLock<Signal>>,
}

impl Interruption {
    /// Listens for signals: the first cancels the token, the second ends the process, and so does time.
    ///
    /// On a thread of its own, so that nothing that a command waits for, such as the reader of its
    /// output, keeps it from ending.
    #[must_use]
    pub fn listen() -> Self {
        let interruption = Interruption {
            token: CancellationToken::new(),
            received: Arc::default(),
        };
        let heard = interruption.clone();
        let listening = std::thread::Builder::new()
            .name("stocktake-signals".to_owned())
            .spawn(move || heard.wait());
        if let Err(error) = listening {
            tracing::warn!(%error, "a signal ends the process at once, without cleaning up on the server");
        }
        interruption
    }

    fn wait(self) {
        let Interruption { token, received } = self;
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let Ok(runtime) = runtime.enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            let Ok(signal) = interrupted().await else {
                return;
            };
            tracing::info!("interrupted; cleaning up on the server");
            // It is set once, here.
            let _ = received.set(signal);
            token.cancel();
            let signal = tokio::select! {
                again = interrupted() => again.unwrap_or(signal),
                () = tokio::time::sleep(END) => {
                    eprintln!("error: not ended {END:?} after the signal; killed");
                    signal
                }
            };
            std::process::exit(signal.exit_number().into());
        });
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

/// A file that grows beyond `ulimit -f` ends the process unless the signal is handled: then the
/// write fails.
pub(crate) fn take_file_size_limit_for_an_error() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // Without files for it, listening panics.
        if stocktake_runtime::rlimit::too_few_files().is_some() {
            return;
        }
        // SIGXFSZ, which has this number on Linux, macOS and the BSDs.
        const FILE_SIZE: i32 = 25;
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let listening = runtime.enable_all().build().and_then(|runtime| {
            let _within = runtime.enter();
            // Never returns, also when the runtime cannot receive signals.
            signal(SignalKind::from_raw(FILE_SIZE)).map(drop)
        });
        if let Err(error) = listening {
            tracing::debug!(%error, "a file beyond `ulimit -f` ends the process");
        }
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
