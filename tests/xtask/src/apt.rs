//! Debian packages: those of the system, and single files of other suites that are never installed.

pub(crate) mod private;
pub(crate) mod sources;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};

use crate::process;
use crate::progress::note;

/// A requirement of the commands, identified by what it provides: it may be installed without a package.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// What to install where there is no such package.
    pub(crate) elsewhere: &'static str,
    pub(crate) present: fn() -> bool,
}

/// Installs what is missing.
pub(crate) fn ensure(packages: &[Package]) -> anyhow::Result<()> {
    let missing: Vec<&Package> = packages
        .iter()
        .filter(|package| !(package.present)())
        .collect();
    if missing.is_empty() {
        note("already there");
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    if process::find("apt-get").is_none() {
        let list: Vec<String> = missing
            .iter()
            .map(|package| format!("{} (Debian: {})", package.elsewhere, package.name))
            .collect();
        bail!(
            "missing and not installable without apt-get: {}; install it and run this again",
            list.join(", ")
        );
    }
    if !process::is_root() {
        bail!(
            "missing: {}; run `apt-get install {}` as root and run this again",
            names.join(", "),
            names.join(" ")
        );
    }
    note(format!("installing {}", names.join(", ")));
    install(&names)?;
    match missing.iter().find(|package| !(package.present)()) {
        Some(package) => bail!(
            "{} is installed but {} is still not found",
            package.name,
            package.elsewhere
        ),
        None => Ok(()),
    }
}

/// Installs packages, without removing any. Needs root.
pub(crate) fn install(names: &[&str]) -> anyhow::Result<()> {
    let fresh = refresh_old_lists()?;
    let outcome = install_once(names);
    if outcome.is_ok() || fresh {
        return outcome;
    }
    // Lists of today may still name files that the archive has replaced.
    update()?;
    install_once(names)
}

/// Downloads a package and unpacks it into a folder, without installing it. Needs no root.
pub(crate) fn unpack(name: &str, to: &Path) -> anyhow::Result<()> {
    let files = to.join("files");
    fs::create_dir_all(&files)?;
    let fetch = || {
        process::run(
            apt_get()
                .args(["-qq", "download", name])
                .current_dir(&files),
        )
        .with_context(|| format!("package not downloaded: try `apt-get download {name}`"))
    };
    let fresh = process::is_root() && refresh_old_lists()?;
    let mut fetched = fetch();
    if fetched.is_err() && process::is_root() && !fresh {
        update()?;
        fetched = fetch();
    }
    fetched?;
    let package = fs::read_dir(&files)?
        .flatten()
        .map(|entry| entry.path())
        .find(|file| file.extension().is_some_and(|found| found == "deb"))
        .with_context(|| format!("apt-get download {name} left no file"))?;
    process::run(
        Command::new("dpkg-deb")
            .arg("--extract")
            .arg(&package)
            .arg(to),
    )?;
    fs::remove_dir_all(files)?;
    Ok(())
}

/// Whether Debian's lists offer a package, and in which version.
pub(crate) fn candidate(name: &str) -> anyhow::Result<Option<String>> {
    let policy = process::output(
        Command::new("apt-cache")
            .args(["policy", name])
            .env("LC_ALL", "C"),
    )?;
    Ok(parse_candidate(&policy))
}

/// Updates the lists when they are missing or a day old, and returns whether it did.
pub(crate) fn refresh_old_lists() -> anyhow::Result<bool> {
    let old =
        lists_age(Path::new("/var/lib/apt/lists")).is_none_or(|age| age > Duration::from_hours(24));
    if old {
        update()?;
    }
    Ok(old)
}

fn update() -> anyhow::Result<()> {
    note("apt-get update");
    process::run(apt_get().args(["-qq", "update"]))
        .context("package lists not updated: check the machine's apt sources")
}

fn install_once(names: &[&str]) -> anyhow::Result<()> {
    process::run(
        apt_get()
            .args([
                "-qq",
                "install",
                "--yes",
                "--no-install-recommends",
                "--no-remove",
            ])
            .args(names),
    )
    .with_context(|| {
        format!(
            "packages not installed: try `apt-get install {}`",
            names.join(" ")
        )
    })
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .env("LC_ALL", "C.UTF-8");
    command
}

/// Since when the newest list is there. The time of the list itself is the archive's: the folder's says when apt wrote it.
fn lists_age(folder: &Path) -> Option<Duration> {
    let lists = fs::read_dir(folder)
        .ok()?
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().contains("_Packages"));
    if !lists {
        return None;
    }
    let written = fs::metadata(folder.join("partial"))
        .and_then(|data| data.modified())
        .ok()?;
    Some(
        SystemTime::now()
            .duration_since(written)
            .unwrap_or_default(),
    )
}

fn parse_candidate(policy: &str) -> Option<String> {
    let version = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    (version != "(none)").then(|| version.to_owned())
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn a_candidate_is_read_from_the_policy() {
        let policy = "rustc-web:\n  Installed: (none)\n  Candidate: 1.96.0+dfsg1-1~deb12u2\n  Version table:\n";
        assert_eq!(
            parse_candidate(policy).as_deref(),
            Some("1.96.0+dfsg1-1~deb12u2")
        );
        assert_eq!(
            parse_candidate("x:\n  Installed: (none)\n  Candidate: (none)\n"),
            None
        );
        assert_eq!(parse_candidate(""), None);
    }

    #[test]
    fn a_folder_without_package_lists_has_no_age() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("partial")).expect("created");
        assert_eq!(lists_age(folder.path()), None);
        fs::write(
            folder
                .path()
                .join("mirror_dists_bookworm_main_binary-amd64_Packages.lz4"),
            "",
        )
        .expect("written");
        assert!(lists_age(folder.path()).is_some());
        assert_eq!(lists_age(&folder.path().join("absent")), None);
    }
}
