//! From the start of the process to the first byte of its first request.

use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::Arguments;
use crate::statistics::median;
use crate::table::Table;

/// Compiled code lies here between runs; empty is nowhere.
const CACHE: &str = "STOCKTAKE_CACHE_DIR";

/// A row without cached code, and one with.
pub(crate) fn run(arguments: &Arguments) -> Result<Table> {
    let mut table = Table::new("Start", &["compiled code", "ms to the first request"]);
    let stocktake = &arguments.programs.stocktake;
    let warm = tempfile::tempdir()?;
    first_request(stocktake, warm.path())?;
    let (mut cold_starts, mut warm_starts) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        let cold = tempfile::tempdir()?;
        cold_starts.push(first_request(stocktake, cold.path())?);
        warm_starts.push(first_request(stocktake, warm.path())?);
    }
    for (name, starts) in [("none", cold_starts), ("in the cache", warm_starts)] {
        let milliseconds = starts.iter().map(|start| start.as_secs_f64() * 1e3);
        table.row([name.to_owned(), format!("{:.0}", median(milliseconds))]);
    }
    Ok(table)
}

/// The server is a bare socket: what reaches it first is the first request's TLS hello.
fn first_request(stocktake: &Path, cache: &Path) -> Result<Duration> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let begun = Instant::now();
    let mut child = Command::new(stocktake)
        .arg("collect")
        .args(["--endpoint", &format!("https://{}", listener.local_addr()?)])
        .args(["--username", "user", "--password-env", "BENCH_PASSWORD"])
        .args(["--pin", &format!("sha256:{}", "0".repeat(64))])
        .env("BENCH_PASSWORD", "pass")
        .env(CACHE, cache)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("stocktake does not start")?;
    let (mut connection, _) = listener.accept()?;
    connection.read_exact(&mut [0])?;
    let elapsed = begun.elapsed();
    drop((connection, listener));
    // It fails, because there is no reply.
    child.wait()?;
    Ok(elapsed)
}
