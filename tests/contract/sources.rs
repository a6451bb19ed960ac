//! The project's sources, for tests of their contents.

use std::fs;
use std::path::{Path, PathBuf};

/// The root folder of the project.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Each Rust source with its path.
pub(crate) fn all() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for folder in ["wit", "plugin", "host", "tests"] {
        find(&root().join(folder), &mut files);
    }
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source");
        (path, text)
    };
    files.into_iter().map(read).collect()
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
