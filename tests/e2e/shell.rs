//! Limits of the shell that are too low: the error names them, with the cure.

use std::process::{Command, Output};

use stocktake_tests::executable::command_against;
use stocktake_tests::server::{self, Simulated};

/// Collects in a shell with this `ulimit`.
fn collect_under(simulated: &Simulated, limit: &str) -> Output {
    let arguments = ["--format", "json", "--preferred-version", "7.0-8.x"];
    let command = command_against(&simulated.server, "collect", &arguments);
    let mut shell = Command::new("sh");
    let script = format!("ulimit {limit} && exec \"$0\" \"$@\"");
    shell.args(["-c", &script]).arg(command.get_program());
    shell.args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        shell.env(name, value.expect("set"));
    }
    shell.output().expect("a shell")
}

fn printed(output: &Output) -> String {
    let [stdout, stderr] = [&output.stdout, &output.stderr];
    String::from_utf8_lossy(&[&stdout[..], stderr].concat()).into_owned()
}

#[test]
fn too_little_address_space_is_named_with_what_lifts_it() {
    let simulated = server::simulator(&[]);
    let output = collect_under(&simulated, "-v 2097152");
    let message = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("PLUGIN_EXEC_FAILED"), "{message}");
    assert!(
        message.contains("2048 MiB") && message.contains("ulimit -v unlimited"),
        "{message}"
    );
    simulated.assert_clean();
}

#[test]
fn too_few_files_are_named_with_what_raises_them() {
    let simulated = server::simulator(&[]);
    let mut refused = Vec::new();
    for allowed in [6, 7, 8, 9, 12, 16, 31, 32, 40] {
        let output = collect_under(&simulated, &format!("-n {allowed}"));
        if output.status.code() == Some(0) {
            continue;
        }
        refused.push(allowed);
        let message = printed(&output);
        assert_eq!(output.status.code(), Some(1), "{allowed}: {message}");
        assert!(message.contains("ulimit -n"), "{allowed}: {message}");
        assert!(
            !message.contains("VCENTER_NETWORK_ERROR"),
            "{allowed}: {message}"
        );
    }
    assert!(
        refused.starts_with(&[6, 7, 8, 9, 12, 16, 31]),
        "{refused:?}"
    );
    assert!(!refused.contains(&40), "{refused:?}");
    simulated.assert_clean();
}
