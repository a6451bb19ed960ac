//! Checks of the whole project by external programs: dependencies, spelling, minimum Rust version.

use std::process::Command;

use anyhow::{Context, bail};

use crate::process;
use crate::progress::{note, step};
use crate::tool;
use crate::workspace::Workspace;

/// The checks of dependencies. Advisories would need a database that is fetched by git.
const RULES: [&str; 3] = ["bans", "licenses", "sources"];

/// Checks every dependency by the rules in `.cargo/deny.toml`.
pub(crate) fn dependencies(workspace: &Workspace) -> anyhow::Result<()> {
    let deny = step("cargo-deny", || tool::checker(workspace, "cargo-deny"))?;
    step("dependencies", || {
        note("advisories are left out: they need a database that is fetched by git");
        for manifest in ["Cargo.toml", "tests/fuzz/Cargo.toml"] {
            let mut command = Command::new(&deny);
            command
                .current_dir(&workspace.root)
                .args(["--locked", "--log-level", "error"])
                .args(["--config", ".cargo/deny.toml", "--manifest-path", manifest])
                .arg("check")
                .args(RULES);
            process::run(&mut command)
                .with_context(|| format!("{manifest} breaks a rule of .cargo/deny.toml"))?;
        }
        Ok(())
    })
}

/// Searches for misspelt words; exceptions are in `.cargo/typos.toml`.
pub(crate) fn spelling(workspace: &Workspace) -> anyhow::Result<()> {
    let typos = step("typos", || tool::checker(workspace, "typos"))?;
    step("spelling", || {
        let mut command = Command::new(&typos);
        command
            .current_dir(&workspace.root)
            .args(["--config", ".cargo/typos.toml", "--hidden"]);
        process::run(&mut command).context(
            "correct what is misspelt, or list in .cargo/typos.toml what is a word of the field",
        )
    })
}

/// Makes sure that the compiler that the project promises to build with does build it.
pub(crate) fn oldest_compiler(workspace: &Workspace) -> anyhow::Result<()> {
    let promised = env!("CARGO_PKG_RUST_VERSION");
    let version = process::output(Command::new("rustc").arg("-V").current_dir(&workspace.root))?;
    let in_use = version.split(' ').nth(1).unwrap_or_default();
    if series(in_use) == series(promised) {
        note(format!(
            "rustc {in_use} is the oldest that is promised: whatever it compiles here keeps the promise"
        ));
        return Ok(());
    }
    step(&format!("check with Rust {promised}"), || {
        let mut cargo = Command::new("rustup");
        cargo
            .current_dir(&workspace.root)
            .args(["run", "--install", promised])
            .args(["cargo", "check", "--locked"])
            .args(crate::tests::PACKAGES)
            .env("CARGO_TARGET_DIR", workspace.target("oldest"))
            .env_remove("RUSTUP_TOOLCHAIN");
        if let Err(error) = process::run(&mut cargo) {
            bail!(
                "{error:#}: either something needs more than Rust {promised}, which Cargo.toml and README.md promise, or that toolchain is not to be had"
            );
        }
        Ok(())
    })
}

/// Major and minor number.
fn series(version: &str) -> Vec<&str> {
    version.split('.').take(2).collect()
}

#[cfg(test)]
mod test {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_place_that_names_the_oldest_compiler_names_the_same() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let promised = env!("CARGO_PKG_RUST_VERSION");
        let line = format!("rust-version = \"{promised}\"");
        for (file, named) in [
            ("README.md", format!("Rust {promised}")),
            ("Cargo.toml", line.clone()),
            ("tests/fuzz/Cargo.toml", line),
        ] {
            let text = fs::read_to_string(root.join(file)).expect(file);
            assert!(text.contains(&named), "{file} does not say {named}");
        }
    }

    #[test]
    fn patches_of_a_compiler_keep_the_same_promise() {
        assert_eq!(series("1.95.2"), series("1.95"));
        assert_ne!(series("1.96.0"), series("1.95"));
        assert_ne!(series("1.9.5"), series("1.95"));
    }
}
