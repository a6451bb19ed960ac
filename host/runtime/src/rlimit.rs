//! Limits of the shell that a process was started from, named where they are the reason.

use std::io;

/// Files and connections that a run has open at once, with some to spare.
#[cfg(unix)]
const FILES: u64 = 32;

/// The cure of an error that is a limit of the shell's; `None` for any other.
///
/// ```
/// use std::io;
///
/// assert_eq!(stocktake_runtime::rlimit::cure(&io::Error::from(io::ErrorKind::NotFound)), None);
/// ```
#[must_use]
pub fn cure(error: &io::Error) -> Option<String> {
    #[cfg(unix)]
    {
        use rustix::io::Errno;

        let number = error.raw_os_error()?;
        if number == Errno::MFILE.raw_os_error() {
            return Some(of_files());
        }
        if number == Errno::NOMEM.raw_os_error() {
            return of_address_space();
        }
    }
    #[cfg(not(unix))]
    let _ = error;
    None
}

/// What cures a limit of files with which no run would come to its end; `None` when there are enough.
#[must_use]
pub fn too_few_files() -> Option<String> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};

        let allowed = getrlimit(Resource::Nofile).current?;
        if allowed < FILES {
            return Some(of_files());
        }
    }
    None
}

/// The message of an error, with its cure when it is a limit of the shell's.
#[must_use]
pub fn explained(error: &io::Error) -> String {
    match cure(error) {
        Some(cure) => format!("{error}; {cure}"),
        None => error.to_string(),
    }
}

#[cfg(unix)]
fn of_files() -> String {
    use rustix::process::{Resource, getrlimit};

    let allowed = match getrlimit(Resource::Nofile).current {
        Some(allowed) => format!("{allowed} files and connections"),
        None => "no more files and connections".to_owned(),
    };
    format!("this process may open {allowed}: raise the limit, for example with `ulimit -n 1024`")
}

/// The sandbox reserves addresses, not memory. `None` when the shell does not limit them.
#[cfg(unix)]
pub(crate) fn of_address_space() -> Option<String> {
    use rustix::process::{Resource, getrlimit};

    let allowed = getrlimit(Resource::As).current?;
    let mebibytes = allowed >> 20;
    Some(format!(
        "this process may use {mebibytes} MiB of address space, and the sandbox reserves several GiB, which uses no memory: raise the limit, for example with `ulimit -v unlimited`"
    ))
}

#[cfg(not(unix))]
pub(crate) fn of_address_space() -> Option<String> {
    None
}

/// The cure when a sandbox could not be had because of a limit of the shell's.
pub(crate) fn cure_of_sandbox(error: &wasmtime::Error) -> Option<String> {
    let words = format!("{error:#}");
    // The engine has no type for it; a test under such a limit holds it to its words.
    let says = |reasons: &[&str]| reasons.iter().any(|reason| words.contains(reason));
    if says(&["os error 12", "Cannot allocate memory"]) {
        return of_address_space();
    }
    #[cfg(unix)]
    if says(&["os error 24", "Too many open files"]) {
        return Some(of_files());
    }
    None
}
