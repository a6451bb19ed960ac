//! The machine's own Debian sources, pointed at another suite.
//!
//! Only the machine knows which mirror it may use, so its entries are rewritten instead of naming one here.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// One archive: its address and how its signature is checked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Archive {
    uri: String,
    /// Fields of a deb822 stanza about connection and trust.
    options: BTreeMap<&'static str, String>,
}

/// Fields that are kept, and their names in the one-line format.
const OPTIONS: [(&str, &str); 3] = [
    ("Signed-By", "signed-by"),
    ("Trusted", "trusted"),
    ("Architectures", "arch"),
];

/// Names of Debian's own suites other than that of the installed release.
const CLASSES: [&str; 5] = ["stable", "oldstable", "testing", "unstable", "sid"];

/// The machine's Debian archives: those with a suite of a whole release, so neither security updates nor third-party archives.
pub(crate) fn machine(etc: &Path) -> Vec<Archive> {
    let release = fs::read_to_string(etc.join("os-release")).unwrap_or_default();
    let codename = release
        .lines()
        .find_map(|line| line.strip_prefix("VERSION_CODENAME="))
        .unwrap_or("stable")
        .trim_matches('"');
    let mut files = vec![etc.join("apt/sources.list")];
    if let Ok(entries) = fs::read_dir(etc.join("apt/sources.list.d")) {
        files.extend(entries.flatten().map(|entry| entry.path()));
    }
    files.sort();
    let mut archives = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("list") => archives.extend(one_line(&text, codename)),
            Some("sources") => archives.extend(deb822(&text, codename)),
            _ => {}
        }
    }
    archives.sort();
    archives.dedup();
    archives
}

/// A deb822 file that offers one suite of these archives.
pub(crate) fn render(archives: &[Archive], suite: &str) -> String {
    let mut text = String::new();
    for archive in archives {
        text.push_str(&format!(
            "Types: deb\nURIs: {}\nSuites: {suite}\nComponents: main\nTargets: Packages\n",
            archive.uri
        ));
        for (name, value) in &archive.options {
            text.push_str(&format!("{name}: {value}\n"));
        }
        text.push('\n');
    }
    text
}

fn is_release(suite: &str, codename: &str) -> bool {
    suite == codename || CLASSES.contains(&suite)
}

fn deb822(text: &str, codename: &str) -> Vec<Archive> {
    let mut archives = Vec::new();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    for stanza in lines.split(|line| line.trim().is_empty()) {
        let fields = fields(stanza);
        let words = |name: &str| {
            fields
                .get(name)
                .map_or("", String::as_str)
                .split_whitespace()
        };
        let enabled = !fields
            .get("enabled")
            .is_some_and(|value| value.eq_ignore_ascii_case("no"));
        let wanted = words("suites").any(|suite| is_release(suite, codename))
            && words("components").any(|name| name == "main");
        if !enabled || !wanted || !words("types").any(|kind| kind == "deb") {
            continue;
        }
        let options: BTreeMap<_, _> = OPTIONS
            .iter()
            .filter_map(|(name, _)| Some((*name, fields.get(&name.to_ascii_lowercase())?.clone())))
            .collect();
        archives.extend(words("uris").map(|uri| Archive {
            uri: uri.to_owned(),
            options: options.clone(),
        }));
    }
    archives
}

/// Field names in lower case, as case does not matter; values with their continuation lines, such as a key written out.
fn fields(stanza: &[&str]) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let mut last = None;
    for line in stanza {
        if line.starts_with([' ', '\t']) {
            if let Some(value) = last.as_ref().and_then(|name| fields.get_mut(name)) {
                *value = format!("{value}\n{line}");
            }
        } else if let Some((name, value)) = line.split_once(':') {
            let name = name.trim().to_ascii_lowercase();
            fields.insert(name.clone(), value.trim().to_owned());
            last = Some(name);
        }
    }
    fields
}

fn one_line(text: &str, codename: &str) -> Vec<Archive> {
    text.lines()
        .filter_map(|line| one_entry(line, codename))
        .collect()
}

fn one_entry(line: &str, codename: &str) -> Option<Archive> {
    let line = line.split('#').next()?.trim().strip_prefix("deb")?;
    // Neither deb-src nor a longer word.
    if !line.starts_with([' ', '\t', '[']) {
        return None;
    }
    let line = line.trim_start();
    let (given, rest) = match line.strip_prefix('[') {
        Some(line) => line.split_once(']')?,
        None => ("", line),
    };
    let mut words = rest.split_whitespace();
    let uri = words.next()?.to_owned();
    let suite = words.next()?;
    if !is_release(suite, codename) || !words.any(|component| component == "main") {
        return None;
    }
    let options = given
        .split_whitespace()
        .filter_map(|option| {
            let (key, value) = option.split_once('=')?;
            let (name, _) = OPTIONS.iter().find(|(_, one_line)| *one_line == key)?;
            Some((*name, value.replace(',', " ")))
        })
        .collect();
    Some(Archive { uri, options })
}

#[cfg(test)]
mod test {
    use super::*;

    const DEB822: &str = "\
Types: deb
# a snapshot would be here
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://other.example/node
Suites: nodistro
Components: main

Types: deb-src
URIs: http://mirror.example/source
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
";

    #[test]
    fn deb822_entries_of_the_release_are_pointed_at_the_suite() {
        assert_eq!(
            render(&deb822(DEB822, "bookworm"), "sid"),
            "Types: deb\nURIs: http://mirror.example/debian\nSuites: sid\nComponents: main\nTargets: Packages\nSigned-By: /usr/share/keyrings/debian.gpg\n\n"
        );
    }

    #[test]
    fn a_key_written_out_stays_whole() {
        let text = "Types: deb\nURIs: http://m.example/debian\nSuites: stable\nComponents: main\nSigned-By:\n -----BEGIN\n .\n key\n";
        assert!(
            render(&deb822(text, "bookworm"), "sid")
                .ends_with("Signed-By: \n -----BEGIN\n .\n key\n\n")
        );
    }

    #[test]
    fn one_line_entries_of_the_release_are_pointed_at_the_suite() {
        let text = "\
# deb http://commented.example/debian bookworm main
deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/debian.gpg] http://mirror.example/debian bookworm main # ours
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian-security bookworm-security main
deb https://other.example/docker bookworm stable
deb http://plain.example/debian\tbookworm  contrib main
";
        assert_eq!(
            render(&one_line(text, "bookworm"), "trixie-backports"),
            "\
Types: deb\nURIs: http://mirror.example/debian\nSuites: trixie-backports\nComponents: main\nTargets: Packages\nArchitectures: amd64 arm64
Signed-By: /usr/share/keyrings/debian.gpg\n
Types: deb\nURIs: http://plain.example/debian\nSuites: trixie-backports\nComponents: main\nTargets: Packages\n\n"
        );
    }

    #[test]
    fn every_file_of_the_machine_is_read_once() {
        let etc = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let file = etc.path().join(name);
            fs::create_dir_all(file.parent().expect("a parent")).expect("created");
            fs::write(file, text).expect("written");
        };
        write("os-release", "NAME=\"Debian\"\nVERSION_CODENAME=bookworm\n");
        write(
            "apt/sources.list",
            "deb http://a.example/debian bookworm main\n",
        );
        write(
            "apt/sources.list.d/a.list",
            "deb http://a.example/debian bookworm main\n",
        );
        write("apt/sources.list.d/debian.sources", DEB822);
        write(
            "apt/sources.list.d/old.list.disabled",
            "deb http://b.example/debian bookworm main\n",
        );
        let uris: Vec<String> = machine(etc.path())
            .into_iter()
            .map(|archive| archive.uri)
            .collect();
        assert_eq!(
            uris,
            ["http://a.example/debian", "http://mirror.example/debian"]
        );
    }

    #[test]
    fn a_machine_without_apt_has_no_archives() {
        let etc = tempfile::tempdir().expect("a folder");
        assert_eq!(machine(etc.path()), []);
    }
}
