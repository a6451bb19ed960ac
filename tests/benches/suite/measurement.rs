//! What one process used, as the operating system accounts for it.

use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use wait4::Wait4 as _;

/// What a process used from its start to its end.
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
    let (measurement, status) = of_any_end(command)?;
    let program = command.get_program().to_string_lossy().into_owned();
    ensure!(status.success(), "{program} failed: {status}");
    Ok(measurement)
}

/// Runs `command` to whatever end.
pub(crate) fn of_any_end(command: &mut Command) -> Result<(Measurement, ExitStatus)> {
    let program = command.get_program().to_string_lossy().into_owned();
    let begun = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("{program} does not start"))?;
    let used = child.wait4()?;
    let measurement = Measurement {
        wall: begun.elapsed(),
        cpu: used.rusage.utime + used.rusage.stime,
        peak: used.rusage.maxrss,
    };
    Ok((measurement, used.status))
}
