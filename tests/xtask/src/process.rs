//! Running other programs.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// Runs a program whose output goes straight to the terminal.
///
/// Its stdout goes to stderr: stdout belongs to results.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .stdout(std::io::stderr())
        .status()
        .with_context(|| not_started(command))?;
    check(command, status)
}

/// Runs a program quietly and returns its stdout; its stderr becomes the error.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    output_from(command, Stdio::null())
}

/// Like [`output`] for a program that reads.
pub(crate) fn output_from(command: &mut Command, stdin: Stdio) -> anyhow::Result<String> {
    let output = command
        .stdin(stdin)
        .output()
        .with_context(|| not_started(command))?;
    if !output.status.success() {
        bail!(
            "{} failed: {}",
            shown(command),
            tail(&String::from_utf8_lossy(&output.stderr))
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("{} printed bytes that are not UTF-8", shown(command)))
}

/// Like [`output`] for a program that may hang, with stdout and stderr as one text that is kept out of sight.
pub(crate) fn output_within(command: &mut Command, limit: Duration) -> anyhow::Result<String> {
    let (mut reader, writer) = std::io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command.spawn().with_context(|| not_started(command))?;
    // The command holds our ends of the pipe, which has to be closed for the reader to see its end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let text = thread::spawn(move || {
        let mut bytes = Vec::new();
        reader
            .read_to_end(&mut bytes)
            .map(|_| String::from_utf8_lossy(&bytes).into_owned())
    });
    let deadline = Instant::now() + limit;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() >= deadline {
            child.kill()?;
            child.wait()?;
            bail!(
                "{} took longer than {} s and was stopped",
                shown(command),
                limit.as_secs()
            );
        }
        thread::sleep(Duration::from_millis(50));
    };
    let text = text
        .join()
        .map_err(|_| anyhow::anyhow!("reading from {} panicked", shown(command)))??;
    if !status.success() {
        bail!("{} failed: {}", shown(command), tail(&text));
    }
    Ok(text)
}

/// Where `PATH` has a program of this name.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Whether commands run as root here.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|text| text.trim() == "0")
}

fn check(command: &Command, status: ExitStatus) -> anyhow::Result<()> {
    if !status.success() {
        bail!("{} failed: {status}", shown(command));
    }
    Ok(())
}

fn not_started(command: &Command) -> String {
    let name = command.get_program().to_string_lossy();
    if find(&name).is_none() && !name.contains('/') {
        return format!(
            "{name} is not in PATH: {}",
            std::io::Error::from(ErrorKind::NotFound)
        );
    }
    format!("{name} did not start")
}

fn shown(command: &Command) -> String {
    let name = PathBuf::from(command.get_program());
    let name = name
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    let first = command
        .get_args()
        .find(|argument| !argument.to_string_lossy().starts_with('-'));
    first.map_or_else(
        || name.clone(),
        |argument| format!("{name} {}", argument.to_string_lossy()),
    )
}

/// The error lines, or else the last ones.
fn tail(text: &str) -> String {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut chosen: Vec<&str> = lines()
        .filter(|line| line.starts_with("error") || line.starts_with("E: "))
        .collect();
    if chosen.is_empty() {
        chosen = lines().collect();
    }
    chosen[chosen.len().saturating_sub(6)..].join("; ")
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn a_failure_says_what_the_program_said() {
        let error =
            output(Command::new("sh").args(["-c", "echo lost >&2; exit 3"])).expect_err("it fails");
        assert!(error.to_string().ends_with("failed: lost"), "{error}");
    }

    #[test]
    fn errors_are_picked_out_of_other_output() {
        assert_eq!(
            tail("info: begin\nerror: no network\n  1: main\n  2: start\n"),
            "error: no network"
        );
        assert_eq!(tail("one\n\ntwo\n"), "one; two");
    }

    #[test]
    fn a_hanging_program_is_stopped() {
        let start = Instant::now();
        let error = output_within(Command::new("sleep").arg("60"), Duration::from_millis(100))
            .expect_err("it hangs");
        assert!(error.to_string().contains("was stopped"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn both_outputs_are_kept_in_order() {
        let text = output_within(
            Command::new("sh").args(["-c", "echo a; echo b >&2"]),
            Duration::from_secs(30),
        )
        .expect("it works");
        assert_eq!(text, "a\nb\n");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = output(&mut Command::new("no-such-program")).expect_err("it is not there");
        assert!(
            error.to_string().contains("no-such-program is not in PATH"),
            "{error}"
        );
    }
}
