//! The settings of the build of the wasm module, when the workspace's own toolchain cannot do it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::workspace::Workspace;

const RUSTC: &str = "STOCKTAKE_WASM_RUSTC";
const STD_SRC: &str = "STOCKTAKE_WASM_STD_SRC";
const PATH: &str = "STOCKTAKE_WASM_PATH";

/// Nothing by default: the module is built like everything else.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Toolchain(Option<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    rustc: PathBuf,
    std_src: PathBuf,
    path: PathBuf,
}

impl Toolchain {
    /// Another compiler, with the source of its library and the folder of a linker.
    pub(crate) fn other(rustc: PathBuf, std_src: PathBuf, path: PathBuf) -> Self {
        Self(Some(Parts {
            rustc,
            std_src,
            path,
        }))
    }

    /// The settings of the environment. Child processes inherit them.
    pub(crate) fn from_environment() -> Option<Self> {
        std::env::var_os(RUSTC).map(|_| Self::default())
    }

    /// The choice of an earlier setup, unless its files are missing.
    pub(crate) fn remembered(workspace: &Workspace) -> Option<Self> {
        let parts = parse(&fs::read_to_string(file(workspace)).ok()?)?;
        let there = parts.rustc.is_file()
            && parts.std_src.join("std").is_dir()
            && parts.path.join("rust-lld").is_file();
        there.then_some(Self(Some(parts)))
    }

    /// Keeps the choice for later runs; the default needs no keeping.
    pub(crate) fn remember(&self, workspace: &Workspace) -> anyhow::Result<()> {
        let file = file(workspace);
        if self.0.is_none() {
            if file.exists() {
                fs::remove_file(&file)
                    .with_context(|| format!("{} cannot be removed", file.display()))?;
            }
            return Ok(());
        }
        let text: String = self
            .variables()
            .map(|(name, value)| format!("{name}={}\n", value.display()))
            .collect();
        fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))
    }

    /// For the environment of children that build the module.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let parts = self.0.iter();
        parts.flat_map(|parts| {
            [
                (RUSTC, &*parts.rustc),
                (STD_SRC, &*parts.std_src),
                (PATH, &*parts.path),
            ]
        })
    }

    /// The same for a shell.
    pub(crate) fn exports(&self) -> String {
        let quoted = |path: &Path| path.display().to_string().replace('\'', r"'\''");
        self.variables()
            .map(|(name, path)| format!("export {name}='{}'\n", quoted(path)))
            .collect()
    }
}

fn file(workspace: &Workspace) -> PathBuf {
    workspace.target("stocktake/wasm-toolchain")
}

fn parse(text: &str) -> Option<Parts> {
    let value = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.filter(|value| !value.is_empty()).map(PathBuf::from)
    };
    Some(Parts {
        rustc: value(RUSTC)?,
        std_src: value(STD_SRC)?,
        path: value(PATH)?,
    })
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn the_default_exports_nothing() {
        assert_eq!(Toolchain::default().exports(), "");
    }

    #[test]
    fn exports_survive_any_path() {
        let toolchain = Toolchain::other(
            "/usr/bin/rustc".into(),
            "/a b/library".into(),
            "/it's".into(),
        );
        assert_eq!(
            toolchain.exports(),
            "export STOCKTAKE_WASM_RUSTC='/usr/bin/rustc'\nexport STOCKTAKE_WASM_STD_SRC='/a b/library'\nexport STOCKTAKE_WASM_PATH='/it'\\''s'\n"
        );
    }

    #[test]
    fn a_remembered_choice_needs_all_its_parts() {
        let text = "STOCKTAKE_WASM_RUSTC=/usr/bin/rustc\nSTOCKTAKE_WASM_STD_SRC=/src\nSTOCKTAKE_WASM_PATH=/bin\n";
        let parts = parse(text).expect("it is whole");
        assert_eq!(
            (parts.rustc, parts.std_src, parts.path),
            ("/usr/bin/rustc".into(), "/src".into(), "/bin".into())
        );
        assert_eq!(parse("STOCKTAKE_WASM_RUSTC=/usr/bin/rustc\n"), None);
        assert_eq!(
            parse("STOCKTAKE_WASM_RUSTC=\nSTOCKTAKE_WASM_STD_SRC=/src\nSTOCKTAKE_WASM_PATH=/bin\n"),
            None
        );
    }
}
