//! A private view of another Debian suite: its lists and files are in a separate folder, invisible to the system's apt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::apt::sources::{self, Archive};
use crate::process;

/// Long enough for a slow mirror, short enough for interactive use.
const LIMIT: Duration = Duration::from_mins(10);

/// One suite of the machine's archives.
#[derive(Debug)]
pub(crate) struct Suite {
    folder: PathBuf,
}

impl Suite {
    /// Fetches the lists of a suite into a folder below the given one.
    pub(crate) fn fetch(folder: &Path, archives: &[Archive], name: &str) -> anyhow::Result<Self> {
        let suite = Self {
            folder: folder.join(name),
        };
        for part in ["lists/partial", "cache/archives/partial", "files"] {
            fs::create_dir_all(suite.folder.join(part))?;
        }
        fs::write(
            suite.folder.join("debian.sources"),
            sources::render(archives, name),
        )?;
        // One entry of several may have no such suite: what counts is whether the package is found afterwards.
        let updated = process::output_within(suite.apt_get().arg("update"), LIMIT);
        let found = fs::read_dir(suite.folder.join("lists"))?
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().contains("_Packages"));
        match updated {
            Err(error) if !found => Err(error.context(format!("no package lists of {name}"))),
            _ => Ok(suite),
        }
    }

    /// Downloads a package and unpacks a part of it, a pattern of tar's, into a folder, without installing anything.
    pub(crate) fn unpack(
        &self,
        package: &str,
        version: &str,
        part: &str,
        to: &Path,
    ) -> anyhow::Result<()> {
        let files = self.folder.join("files");
        fs::remove_dir_all(&files).and_then(|()| fs::create_dir_all(&files))?;
        let wanted = format!("{package}={version}*");
        process::output_within(
            self.apt_get()
                .args(["download", &wanted])
                .current_dir(&files),
            LIMIT,
        )?;
        let Some(file) = fs::read_dir(&files)?
            .flatten()
            .map(|entry| entry.path())
            .find(|file| file.extension().is_some_and(|e| e == "deb"))
        else {
            bail!("apt-get download {wanted} left no file");
        };
        fs::create_dir_all(to)?;
        let mut contents = Command::new("dpkg")
            .arg("--fsys-tarfile")
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()?;
        let archive = contents.stdout.take().context("dpkg has no output")?;
        let unpacked = process::output_from(
            Command::new("tar")
                .args(["-x", "--wildcards", "-C"])
                .arg(to)
                .arg(part),
            archive.into(),
        );
        contents.wait()?;
        unpacked.context("package not unpacked")?;
        fs::remove_file(file)?;
        Ok(())
    }

    fn apt_get(&self) -> Command {
        let mut command = Command::new("apt-get");
        let mut set = |name: &str, value: &str| {
            command.arg("-o").arg(format!("{name}={value}"));
        };
        let inside = |path: &str| self.folder.join(path).display().to_string();
        set("Dir::State::lists", &inside("lists"));
        set("Dir::Cache", &inside("cache"));
        set("Dir::Etc::sourcelist", &inside("debian.sources"));
        set("Dir::Etc::sourceparts", "-");
        // The folder is ours alone: apt's own user may not reach it, and need not.
        set("APT::Sandbox::User", "root");
        set("Debug::NoLocking", "1");
        set("Acquire::Languages", "none");
        command.env("LC_ALL", "C.UTF-8");
        command
    }
}
