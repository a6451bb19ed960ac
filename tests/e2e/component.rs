//! `stocktake component`: pushed and pulled by the executable.

mod layout;
mod refusals;
mod registry;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use stocktake_tests::executable::{command, response};
use tempfile::TempDir;

/// The component that is published.
const COMPONENT: &[u8] = stocktake_vcenter_artifact::COMPONENT;

/// A folder with the component in it.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("vcenter.wasm"), COMPONENT).expect("written");
        Desk { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `stocktake component` in the folder, whose `config.json` is Docker's.
    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        command(&["component"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env("DOCKER_CONFIG", self.folder.path())
            .envs(environment.iter().copied())
            .output()
            .expect("stocktake starts")
    }

    /// Pushes the component and returns its description.
    fn push(&self, reference: &str, arguments: &[&str]) -> Value {
        let push = ["push", "vcenter.wasm", reference, "--format", "json"];
        let pushed = self.run(&[&push, arguments].concat());
        assert!(pushed.status.success(), "{}", stderr_of(&pushed));
        response(&pushed)
    }

    /// Pulls to `pulled.wasm`.
    fn pull(&self, reference: &str, arguments: &[&str]) -> Output {
        let pull = ["pull", reference, "--output", "pulled.wasm"];
        self.run(&[&pull, arguments].concat())
    }

    /// Asserts that pulling is refused in these words, and that nothing is left where the file would be.
    fn assert_refused(&self, reference: &str, arguments: &[&str], words: &str) {
        let refused = self.pull(reference, arguments);
        assert!(!refused.status.success(), "{reference} is pulled");
        let message = stderr_of(&refused);
        assert!(message.contains(words), "{words:?} in {message}");
        assert!(!message.contains("s3cret"), "{message}");
        assert!(!self.path("pulled.wasm").exists(), "{message}");
        assert_eq!(drafts(self.folder.path()), 0, "{message}");
    }
}

/// Files that were begun and not ended.
fn drafts(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).expect("the folder");
    let begun = |name: &str| name.starts_with(".tmp");
    entries
        .filter(|entry| {
            begun(
                &entry
                    .as_ref()
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy(),
            )
        })
        .count()
}

fn stderr_of(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
