//! The search for the password in every encoding, and for session keys.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use memchr::memmem;
use stocktake_tests::server::MARK;

/// Bytes of context that are reported with a match.
const AROUND: usize = 120;

/// The secrets.
pub(super) struct Search(Vec<(String, Vec<u8>)>);

impl Search {
    /// For `password`, which contains the mark, and for session keys.
    pub(super) fn new(password: &str, keys: &[String]) -> Self {
        assert!(password.contains(MARK), "it could not be found");
        let mut wanted = spellings();
        wanted.push(("the password".to_owned(), password.as_bytes().to_vec()));
        for key in keys {
            wanted.push((format!("session {key}"), key.as_bytes().to_vec()));
        }
        Search(wanted)
    }

    /// The matches in `text`, each encoding once, with context.
    pub(super) fn in_text(&self, text: &[u8]) -> Vec<String> {
        let found = self.0.iter().filter_map(|(what, wanted)| {
            let at = memmem::find(text, wanted)?;
            let around =
                &text[at.saturating_sub(AROUND)..text.len().min(at + wanted.len() + AROUND)];
            let around = String::from_utf8_lossy(around);
            Some(format!("{what} in {around:?}"))
        });
        found.collect()
    }

    /// The matches in the files below `folder`, and in their names.
    pub(super) fn in_folder(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.display().to_string();
            let mut leaks = self.in_text(name.as_bytes());
            if path.is_dir() {
                leaks.extend(self.in_folder(&path));
            } else {
                leaks.extend(self.in_text(&fs::read(&path).expect("a file")));
            }
            found.extend(leaks.into_iter().map(|leak| format!("{name}: {leak}")));
        }
        found
    }
}

/// The mark in every encoding. In plain text, JSON, XML and URLs it is unchanged, however
/// the text around it is encoded.
fn spellings() -> Vec<(String, Vec<u8>)> {
    let each = |spell: &dyn Fn(u8) -> String| -> String { MARK.bytes().map(spell).collect() };
    let mut spelled = vec![
        ("the mark", MARK.to_owned()),
        (
            "the mark in units of JSON",
            each(&|byte| format!("\\u{byte:04x}")),
        ),
        (
            "the mark in units of JSON",
            each(&|byte| format!("\\u{byte:04X}")),
        ),
        (
            "the mark in decimal references",
            each(&|byte| format!("&#{byte};")),
        ),
        (
            "the mark in references",
            each(&|byte| format!("&#x{byte:x};")),
        ),
        (
            "the mark in references",
            each(&|byte| format!("&#x{byte:X};")),
        ),
        ("the mark in percent", each(&|byte| format!("%{byte:02x}"))),
        ("the mark in percent", each(&|byte| format!("%{byte:02X}"))),
        (
            "the mark in hexadecimal",
            each(&|byte| format!("{byte:02x}")),
        ),
        (
            "the mark in hexadecimal",
            each(&|byte| format!("{byte:02X}")),
        ),
        ("the mark in numbers", each(&|byte| format!("{byte}, "))),
    ];
    // In Base64 of a text with the mark it has one of three forms.
    for before in 0..3 {
        let padded = [vec![0; before], MARK.as_bytes().to_vec()].concat();
        // Characters that contain only bits of the mark.
        let whole = (before * 8).div_ceil(6)..padded.len() * 8 / 6;
        for base64 in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = base64.encode(&padded);
            spelled.push(("the mark in Base64", encoded[whole.clone()].to_owned()));
        }
    }
    spelled
        .into_iter()
        .map(|(what, text)| (what.to_owned(), text.into_bytes()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{STANDARD_NO_PAD, Search, URL_SAFE_NO_PAD};
    use base64::Engine as _;
    use stocktake_tests::server::MARKED_PASSWORD;

    fn is_found(text: &str) -> bool {
        !Search::new(MARKED_PASSWORD, &["52aa-key".to_owned()])
            .in_text(text.as_bytes())
            .is_empty()
    }

    #[test]
    fn the_password_is_found_however_it_is_spelled() {
        let password = MARKED_PASSWORD;
        let each = |spell: &dyn Fn(u8) -> String| password.bytes().map(spell).collect::<String>();
        for text in [
            password.to_owned(),
            serde_json::Value::from(password).to_string(),
            password.replace('&', "&amp;").replace('<', "&lt;"),
            each(&|byte| format!("%{byte:02X}")),
            each(&|byte| format!("{byte:02x}")),
            format!("{:?}", password.as_bytes()),
        ] {
            assert!(is_found(&format!("said: {text}.")), "{text}");
        }
        for user in ["a", "ab", "abc", "reader@vsphere.local"] {
            let pair = format!("{user}:{password}");
            assert!(is_found(&STANDARD_NO_PAD.encode(&pair)), "{user}");
            assert!(is_found(&URL_SAFE_NO_PAD.encode(&pair)), "{user}");
        }
        assert!(is_found("session[52aa-key]52bb"));
        assert!(!is_found("[redacted] reader@vsphere.local"));
    }

    #[test]
    fn files_are_searched_wherever_they_are() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("inner");
        std::fs::create_dir(&inner).expect("a folder");
        std::fs::write(inner.join("file"), MARKED_PASSWORD).expect("a file");
        std::fs::write(folder.path().join("other"), "nothing").expect("a file");
        let search = Search::new(MARKED_PASSWORD, &[]);
        let found = search.in_folder(folder.path());
        assert!(found.len() > 1 && found.iter().all(|leak| leak.contains("inner")));
    }
}
