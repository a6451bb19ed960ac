//! Paths: the workspace, cargo's target folder, and the files of the commands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use crate::process;

/// The folders of this checkout.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the workspace's manifest.
    pub(crate) root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Asks cargo, which knows `CARGO_TARGET_DIR` and every configuration file.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let mut command = cargo();
        command
            .args([
                "metadata",
                "--no-deps",
                "--format-version",
                "1",
                "--manifest-path",
            ])
            .arg(here.join("Cargo.toml"));
        let text = process::output(&mut command)?;
        let metadata: serde_json::Value =
            serde_json::from_str(&text).context("cargo metadata printed no JSON")?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("cargo metadata has no {key}"))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
        })
    }

    /// A cargo command at the root, with a target folder that does not depend on who asks from where.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = cargo();
        command
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// The version of a package in `Cargo.lock`.
    pub(crate) fn locked(&self, package: &str) -> anyhow::Result<Option<String>> {
        let file = self.root.join("Cargo.lock");
        let lock = fs::read_to_string(&file)
            .with_context(|| format!("{} is not readable", file.display()))?;
        Ok(locked(&lock, package).map(str::to_owned))
    }

    /// A folder or file below cargo's target folder.
    pub(crate) fn target(&self, path: impl AsRef<Path>) -> PathBuf {
        self.target.join(path)
    }
}

/// The cargo that started this command, so that children use the same toolchain.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn locked<'l>(lock: &'l str, package: &str) -> Option<&'l str> {
    let mut lines = lock.lines();
    lines.find(|line| *line == format!("name = \"{package}\""))?;
    lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod test {
    use super::locked;

    #[test]
    fn a_version_is_read_from_the_lock() {
        let lock = "[[package]]\nname = \"gungraun\"\nversion = \"0.20.0\"\n\n[[package]]\nname = \"gungraun-runner\"\nversion = \"0.20.1\"\n";
        assert_eq!(locked(lock, "gungraun-runner"), Some("0.20.1"));
        assert_eq!(locked(lock, "other"), None);
    }
}
