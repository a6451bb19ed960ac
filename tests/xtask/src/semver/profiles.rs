//! The profiles of one manifest in the place of another's: only what is compiled alike can be shared.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// Replaces the profiles of the manifest `to` by those of the manifest `from`.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let read = |file: &Path| {
        fs::read_to_string(file).with_context(|| format!("{} is not readable", file.display()))
    };
    let (_, profiles) = split(&read(from)?);
    let (rest, _) = split(&read(to)?);
    fs::write(to, rest + &profiles)?;
    Ok(())
}

/// A manifest without its profiles, and the profiles.
fn split(manifest: &str) -> (String, String) {
    let (mut rest, mut profiles) = (String::new(), String::new());
    let mut inside = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.starts_with("[profile.");
        }
        let part = if inside { &mut profiles } else { &mut rest };
        part.push_str(line);
        part.push('\n');
    }
    (rest, profiles)
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn profiles_are_taken_from_the_other_manifest_and_nothing_else_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        let new = "[workspace]\nmembers = []\n[profile.dev]\nopt-level = 1\n[profile.dev.package.\"*\"]\ndebug = false\n[patch.x]\n";
        fs::write(&from, new).expect("written");
        let old = "[profile.release]\nlto = \"thin\"\n[workspace]\nmembers = [\n    \"wit\",\n]\n[profile.dev]\nopt-level = 3\n";
        fs::write(&to, old).expect("written");
        copy(&from, &to).expect("copied");
        assert_eq!(
            fs::read_to_string(&to).expect("there"),
            "[workspace]\nmembers = [\n    \"wit\",\n]\n[profile.dev]\nopt-level = 1\n[profile.dev.package.\"*\"]\ndebug = false\n"
        );
    }
}
