//! A shell session in an empty folder with the prerequisites of the guide.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use stocktake_simulator::Simulator;
use stocktake_tests::{components, executable, server, template};
use tempfile::TempDir;

use crate::page::{Page, matches};

/// Separates the outputs of two commands, with the exit code of the former.
const MARK: &str = "\u{1}end of command ";

/// Runs the commands of a page.
pub(crate) fn run(page: &Page) {
    if page.commands.is_empty() {
        return;
    }
    let vcenter = server::start(Simulator::builder().vms(1000).hosts(24).clusters(3));
    let folder = TempDir::new().expect("a folder");
    furnish(folder.path(), &vcenter.server);
    let replaced = Replacements::new(&vcenter.server.url);
    for file in &page.files {
        fs::write(folder.path().join(&file.name), replaced.apply(&file.text)).expect("written");
    }
    let output = shell(folder.path(), &script(page, &replaced));
    let text = String::from_utf8_lossy(&output.stdout);
    let mut printed = text.split(MARK);
    let mut current = printed.next().unwrap_or_default();
    for command in &page.commands {
        let Some(next) = printed.next() else {
            panic!(
                "`{}` did not end: {current}\n{}",
                command.text,
                background(folder.path())
            );
        };
        let (code, following) = next.split_once('\n').unwrap_or((next, ""));
        let lines: Vec<&str> = current.lines().collect();
        assert_eq!(
            code, "0",
            "exit code of `{}`, which printed:\n{current}",
            command.text
        );
        assert!(
            matches(&command.output, &lines),
            "`{}` shows\n{}\nand printed\n{current}",
            command.text,
            command.output.join("\n"),
        );
        current = following;
    }
}

/// The placeholders of a page for values that differ between runs.
struct Replacements(Vec<(String, String)>);

impl Replacements {
    fn new(vcenter: &str) -> Self {
        let mut pairs = vec![("https://vcenter.example".to_owned(), vcenter.to_owned())];
        // Held together, so that they differ.
        let listeners: Vec<TcpListener> = (0..3)
            .map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"))
            .collect();
        for (shown, listener) in ["127.0.0.1:8443", "127.0.0.1:8444", "127.0.0.1:8080"]
            .iter()
            .zip(&listeners)
        {
            let address = listener.local_addr().expect("an address");
            pairs.push(((*shown).to_owned(), address.to_string()));
        }
        Self(pairs)
    }

    fn apply(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (shown, real)| {
            text.replace(shown, real)
        })
    }
}

/// The commands in one shell, each followed by a mark.
fn script(page: &Page, replaced: &Replacements) -> String {
    let mut script = String::from("trap 'kill $(jobs -p) 2>/dev/null' EXIT\n");
    for command in &page.commands {
        let text = replaced.apply(&command.text);
        match text.strip_suffix(" &") {
            Some(server) => {
                writeln!(script, "{server} >>background.log 2>&1 &").expect("memory");
                script.push_str(&await_listener(server));
            }
            None => writeln!(script, "{{ {text}\n}} 2>&1").expect("memory"),
        }
        writeln!(script, "printf '{MARK}%d\\n' $?").expect("memory");
    }
    script
}

/// Waits until the server that a command starts listens, ten seconds at the most.
fn await_listener(server: &str) -> String {
    let Some((_, address)) = server.split_once("--listen ") else {
        return String::new();
    };
    let address = address.split_whitespace().next().unwrap_or_default();
    let port = address.rsplit(':').next().unwrap_or_default();
    format!(
        "for _ in $(seq 200); do (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null && break; sleep 0.05; done\n"
    )
}

fn shell(folder: &Path, script: &str) -> Output {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut paths = vec![folder.join("bin")];
    paths.extend(env::split_paths(&path));
    executable::isolated(Command::new("bash"))
        .args(["--norc", "-c", script])
        .current_dir(folder)
        .env("PATH", env::join_paths(paths).expect("a path"))
        .env("SIMULATOR_PASSWORD", "pass")
        .envs(env::var_os("STOCKTAKE_WASMTIME").map(|program| ("STOCKTAKE_WASMTIME", program)))
        .output()
        .expect("bash starts")
}

/// The executables, the certificate's authority, the password, and the parts of a checkout that pages name.
fn furnish(folder: &Path, vcenter: &server::Server) {
    let bin = folder.join("bin");
    fs::create_dir(&bin).expect("a folder");
    for name in ["stocktake", "stocktake-dev", "embed", "plain-runtime"] {
        link(&executable::named(name), &bin.join(name));
    }
    for (name, text) in [
        ("cargo", include_str!("cargo.sh")),
        ("wasmtime", include_str!("wasmtime.sh")),
    ] {
        let program = bin.join(name);
        fs::write(&program, text).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
    }

    fs::write(folder.join("password"), &vcenter.password).expect("written");
    let authority = vcenter.ca_file.as_ref().expect("an authority");
    fs::copy(authority, folder.join("vcenter-ca.pem")).expect("copied");
    fs::copy(
        components::path("vcenter.wasm"),
        folder.join("vcenter.wasm"),
    )
    .expect("copied");
    fs::write(folder.join("template.wasm"), template::COMPONENT).expect("written");

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["plugin", "tests", "Cargo.lock"] {
        link(&root.join(name), &folder.join(name));
    }
    let target = folder.join("target");
    fs::create_dir_all(target.join("embed/node")).expect("a folder");
    link(&part("STOCKTAKE_COMPONENTS"), &target.join("components"));
    link(
        &part("STOCKTAKE_EMBED_NODE"),
        &target.join("embed/node/example"),
    );
    // Beside the folder of the Python that it is installed in.
    let python = part("STOCKTAKE_EMBED_PYTHON");
    let embed = python.ancestors().nth(3).expect("the folder above");
    link(&embed.join("wheel"), &target.join("embed/wheel"));
}

fn link(original: &Path, link: &Path) {
    assert!(
        original.exists(),
        "{} is missing; run the tests by `cargo xtask test`, which builds it",
        original.display()
    );
    symlink(original, link).expect("a link");
}

/// A part that `cargo xtask test` makes, and names by a variable.
fn part(variable: &str) -> PathBuf {
    PathBuf::from(
        env::var_os(variable).unwrap_or_else(|| {
            panic!("{variable} is not set; run the tests by `cargo xtask test`")
        }),
    )
}

fn background(folder: &Path) -> String {
    fs::read_to_string(folder.join("background.log")).unwrap_or_default()
}
