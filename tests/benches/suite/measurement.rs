//! Resource usage of one process, as reported by the operating system.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use wait4::Wait4 as _;

/// Resource usage of a process from its start to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measurement {
    /// User and system time of all its threads.
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    /// Bytes resident at the most, guest and host together.
    pub(crate) peak: u64,
}

/// Runs `command` to its end, which must be a success.
pub(crate) fn of(command: &mut Command) -> Result<Measurement> {
    let program = command.get_program().to_string_lossy().into_owned();
    let begun = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("{program} does not start"))?;
    let used = child.wait4()?;
    let wall = begun.elapsed();
    ensure!(used.status.success(), "{program} failed: {}", used.status);
    Ok(Measurement {
        wall,
        cpu: used.rusage.utime + used.rusage.stime,
        peak: used.rusage.maxrss,
    })
}
