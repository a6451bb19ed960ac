//! What a run says that it used of the network.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Calls and bytes of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) calls: u64,
    pub(crate) sent: u64,
    /// As they came, packed.
    pub(crate) received: u64,
    pub(crate) decoded: u64,
}

impl Used {
    /// Of a run of `command`, a `stocktake collect`.
    pub(crate) fn by(command: &mut Command) -> Result<Self> {
        let output = command
            .args(["--preferred-version", "7.0-8.x"])
            .env("STOCKTAKE_LOG", "stocktake_runtime=info")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()?;
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "stocktake failed: {log}");
        let line = log.lines().find(|line| line.contains("bytes_decoded="));
        let line = line.with_context(|| format!("no line says what the run used: {log}"))?;
        Ok(Used {
            calls: field(line, "requests")?,
            sent: field(line, "bytes_sent")?,
            received: field(line, "bytes_received")?,
            decoded: field(line, "bytes_decoded")?,
        })
    }
}

fn field(line: &str, name: &str) -> Result<u64> {
    let value = line
        .split_whitespace()
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
    value
        .and_then(|value| value.split('/').next()?.parse().ok())
        .with_context(|| format!("no {name} in {line}"))
}
