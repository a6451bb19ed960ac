//! The ledger's process: it spawns the plugin without arguments, feeds it, reads it in small
//! chunks and ends it after a timeout.

use std::io::{Read, Write as _};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use stocktake_tests::executable;
use stocktake_tests::server::Server;
use tempfile::TempDir;

/// How long a ledger waits for a plugin.
pub(super) const TIMEOUT: Duration = Duration::from_secs(300);
/// How long a plugin has after SIGTERM.
pub(super) const COURTESY: Duration = Duration::from_secs(5);
/// Bytes read at once. Odd, so that multi-byte characters are split somewhere.
const CHUNK: usize = 61;

/// A ledger with a plugin.
pub(super) struct Ledger {
    plugin: PathBuf,
    settings: Vec<(&'static str, PathBuf)>,
    _folder: TempDir,
}

/// The result of a plugin.
pub(super) struct Ran {
    pub(super) status: ExitStatus,
    /// Stdout, each chunk decoded by itself.
    pub(super) text: String,
    pub(super) stderr: String,
}

/// A plugin under way.
pub(super) struct Running {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Ledger {
    /// A ledger whose plugin was replaced by a link to the executable.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let plugin = folder.path().join("stocktake-plugin");
        symlink(executable::path(), &plugin).expect("a link");
        Ledger {
            plugin,
            settings: Vec::new(),
            _folder: folder,
        }
    }

    /// A ledger whose plugins trust the authority of `server`.
    pub(super) fn trusting(server: &Server) -> Self {
        let ca_file = server.ca_file.as_ref().expect("a CA");
        Ledger::new().with("STOCKTAKE_CA_FILE", ca_file)
    }

    /// Sets a variable for the plugin.
    pub(super) fn with(mut self, name: &'static str, value: &Path) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Spawns the plugin, writes `request`, closes its stdin and waits for the end.
    pub(super) fn run(&self, request: &[u8]) -> Ran {
        let mut running = self.spawn();
        running.write(request);
        running.close();
        running.end_within(TIMEOUT)
    }

    pub(super) fn spawn(&self) -> Running {
        let mut child = executable::isolated(Command::new(&self.plugin))
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the plugin starts");
        let stdout = reader(child.stdout.take().expect("a pipe"));
        let stderr = reader(child.stderr.take().expect("a pipe"));
        Running {
            child,
            stdout,
            stderr,
        }
    }
}

impl Running {
    pub(super) fn write(&mut self, request: &[u8]) {
        let stdin = self.child.stdin.as_mut().expect("it is open");
        // A plugin that refuses its input early closes the pipe; its response has the reason.
        let _ = stdin.write_all(request);
    }

    pub(super) fn close(&mut self) {
        drop(self.child.stdin.take());
    }

    pub(super) fn is_over(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_some()
    }

    /// Waits for `timeout`, then sends SIGTERM, then SIGKILL.
    pub(super) fn end_within(mut self, timeout: Duration) -> Ran {
        let mut text = self.stdout.recv_timeout(timeout).ok();
        for (signal, timeout) in [("-TERM", COURTESY), ("-KILL", TIMEOUT)] {
            if text.is_none() {
                self.signal(signal);
                text = self.stdout.recv_timeout(timeout).ok();
            }
        }
        Ran {
            text: text.expect("SIGKILL ends it"),
            status: self.child.wait().expect("an end"),
            stderr: self.stderr.recv().expect("stderr ends with the process"),
        }
    }

    /// Ends the plugin without a word.
    pub(super) fn kill(self) -> Ran {
        self.signal("-KILL");
        self.end_within(TIMEOUT)
    }

    fn signal(&self, signal: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &process]).status();
        assert!(sent.expect("kill runs").success());
    }
}

impl Ran {
    /// The exit code; none when a signal ended the process.
    pub(super) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    pub(super) fn signal(&self) -> Option<i32> {
        self.status.signal()
    }
}

/// Reads to the end, chunk by chunk, each decoded by itself.
fn reader(mut pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut text = String::new();
        let mut chunk = [0; CHUNK];
        loop {
            match pipe.read(&mut chunk).expect("the pipe is read") {
                0 => break,
                read => text += &String::from_utf8_lossy(&chunk[..read]),
            }
        }
        // The receiver may be gone.
        let _ = sender.send(text);
    });
    receiver
}
