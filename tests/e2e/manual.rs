//! Completions and manual pages name every command.

use std::fs;
use std::process::Command;

use stocktake_tests::executable::{development, feed, isolated, path, run};

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let help = run(&["--help"]);
    let help = String::from_utf8(help.stdout).expect("UTF-8");
    let (_, list) = help.split_once("\nCommands:\n").expect("a list");
    let lines = list.lines().take_while(|line| !line.is_empty());
    let indented = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let names = lines
        .filter(indented)
        .filter_map(|line| line.split_whitespace().next());
    let names: Vec<String> = names.map(str::to_owned).collect();
    for known in ["collect", "component", "completions", "man", "help"] {
        assert!(
            names.iter().any(|name| name == known),
            "{known} in {names:?}"
        );
    }
    names
}

#[test]
fn the_completions_of_each_shell_name_every_command() {
    let commands = commands();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = run(&["completions", shell]);
        assert!(script.status.success(), "{shell}");
        let script = String::from_utf8(script.stdout).expect("UTF-8");
        let mut words = script.split(|letter: char| !(letter.is_alphanumeric() || letter == '-'));
        let words: std::collections::HashSet<&str> = words.by_ref().collect();
        for name in &commands {
            assert!(words.contains(name.as_str()), "{name} for {shell}");
        }
        assert!(
            words.contains("--allow-tag") || words.contains("allow-tag"),
            "{shell}"
        );
    }
    let other = run(&["completions", "cmd"]);
    assert_eq!(other.status.code(), Some(2));
}

#[test]
fn bash_accepts_its_completions_and_completes_by_them() {
    let script = run(&["completions", "bash"]).stdout;
    let checked = feed(Command::new("bash").arg("-n"), &script);
    assert!(
        checked.status.success() && checked.stderr.is_empty(),
        "{checked:?}"
    );

    let ask = b"\nCOMP_WORDS=(stocktake com); COMP_CWORD=1\n_stocktake stocktake com stocktake\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    let completed = feed(
        &mut Command::new("bash"),
        &[script.as_slice(), ask].concat(),
    );
    let mut answers: Vec<String> = String::from_utf8(completed.stdout)
        .expect("UTF-8")
        .lines()
        .map(str::to_owned)
        .collect();
    answers.sort();
    assert_eq!(answers, ["completions", "component"]);
}

#[test]
fn each_command_has_a_manual_page_and_the_first_page_names_them_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("share/man1");
    let written = run(&["man", pages.to_str().expect("UTF-8")]);
    assert!(written.status.success(), "{written:?}");
    let read = |name: &str| {
        let page = fs::read_to_string(pages.join(name)).expect(name);
        page.replace("\\-", "-")
    };
    let first = read("stocktake.1");
    for command in commands().iter().filter(|name| *name != "help") {
        let name = format!("stocktake-{command}");
        assert!(first.contains(&name), "{name}");
        let page = read(&format!("{name}.1"));
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
    }
    assert!(read("stocktake-component-pull.1").contains("--allow-tag"));

    fs::write(folder.path().join("file"), "").expect("written");
    let file = folder.path().join("file");
    let refused = run(&["man", file.to_str().expect("UTF-8")]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
}

#[test]
fn commands_for_development_say_where_they_went() {
    for name in ["demo", "simulate", "record", "test-component"] {
        let mut command = isolated(Command::new(path()));
        let refused = command.args([name, "--vms", "5"]).output();
        let refused = refused.expect("stocktake starts");
        assert_eq!(refused.status.code(), Some(2), "{name}");
        assert_eq!(
            String::from_utf8_lossy(&refused.stderr),
            format!(
                "error: stocktake has no command {name}: run `stocktake-dev {name}`, which comes with the same release\n"
            )
        );
        assert!(refused.stdout.is_empty(), "{name}");
        assert!(!commands().iter().any(|known| known == name), "{name}");
        assert!(run(&[name, "--help"]).status.success(), "{name}");
    }
}

#[test]
fn the_executable_for_development_has_completions_and_a_manual() {
    let program = development();
    let dev = |arguments: &[&str]| {
        let mut command = isolated(Command::new(&program));
        command
            .args(arguments)
            .output()
            .expect("stocktake-dev starts")
    };
    let script = String::from_utf8(dev(&["completions", "bash"]).stdout).expect("UTF-8");
    assert!(script.contains("stocktake-dev") && script.contains("test-component"));
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().to_str().expect("UTF-8");
    assert!(dev(&["man", pages]).status.success());
    for page in ["stocktake-dev.1", "stocktake-dev-simulate.1"] {
        assert!(folder.path().join(page).is_file(), "{page}");
    }
}
