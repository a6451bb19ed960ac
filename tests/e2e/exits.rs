//! Exit codes and stderr of a run, in every format.

use std::process::{Command, Output, Stdio};

use stocktake_simulator::{Fault, Simulator};
use stocktake_tests::executable::{self, command_against, error_codes, response, run, run_against};
use stocktake_tests::request;
use stocktake_tests::server::{self, Server};

fn stderr_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn unreachable() -> Server {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    Server {
        url: format!("https://{}", listener.local_addr().expect("an address")),
        username: "reader".to_owned(),
        password: "secret".to_owned(),
        ca_file: None,
        preferred_version: "7.0-8.x",
    }
}

/// Every command that asks a vCenter for something.
const COMMANDS: [&str; 4] = ["collect", "sync", "detect", "healthcheck"];

#[test]
fn a_refused_login_ends_with_4_and_an_unreachable_server_with_5_in_every_command() {
    let simulated = server::simulator(&[]);
    let mut stranger = simulated.server.clone();
    stranger.password = "wrong".to_owned();
    let unreachable = unreachable();
    for (server, expected, code) in [
        (&stranger, 4, "VCENTER_AUTH_FAILED"),
        (&unreachable, 5, "VCENTER_NETWORK_ERROR"),
    ] {
        for name in COMMANDS {
            let output = run_against(server, name, &["--attempts", "1"]);
            assert_eq!(output.status.code(), Some(expected), "{name}: {output:?}");
            let message = stderr_of(&output);
            let errors: Vec<&str> = message.lines().filter(|line| line.contains(code)).collect();
            assert_eq!(errors.len(), 1, "{name} reports it once: {message}");
            assert!(errors[0].starts_with("error: "), "{message}");
        }
    }
}

#[test]
fn a_failed_run_reports_its_errors_on_stderr_in_every_format_and_ends_with_3() {
    let simulated = server::simulator(&[Fault::WithholdVm]);
    let victim = simulated.simulator.victim(Fault::WithholdVm);
    let victim = victim.expect("a victim");
    let mut runs: Vec<Vec<&str>> = vec![vec!["sync"], vec!["sync", "--raw"]];
    for format in ["json", "ndjson", "table", "csv"] {
        runs.push(vec!["collect", "--format", format]);
    }
    for arguments in runs {
        let output = run_against(&simulated.server, arguments[0], &arguments[1..]);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        let message = stderr_of(&output);
        assert!(
            message.contains("error: INVENTORY_INCOMPLETE") && message.contains(&victim),
            "{arguments:?}: {message}"
        );
    }
    // A ledger's plugin keeps to its contract.
    let request = request::to(&simulated.server, "collect").to_string();
    let ca_file = simulated.server.ca_file.as_ref().expect("TLS");
    let ca_file = ca_file.to_str().expect("UTF-8");
    let output = executable::plugin(&request, &[("STOCKTAKE_CA_FILE", ca_file)]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(error_codes(&response(&output)), ["INVENTORY_INCOMPLETE"]);
    assert!(stderr_of(&output).contains("error: INVENTORY_INCOMPLETE"));
}

/// BY-3: one message, and nothing is left on the server.
#[cfg(unix)]
#[test]
fn an_interrupted_run_reports_it_once_and_ends_as_a_shell_has_it() {
    for (signal, expected) in [("-INT", 130), ("-TERM", 143)] {
        let simulated = server::simulator(&[Fault::SlowDrip]);
        let arguments = ["--page-size", "7", "--preferred-version", "7.0-8.x"];
        let mut command = command_against(&simulated.server, "collect", &arguments);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("stocktake starts");
        while simulated.simulator.counters().views_open == 0 {
            std::thread::yield_now();
        }
        let id = child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill runs").success());
        let output = child.wait_with_output().expect("an end");
        assert_eq!(output.status.code(), Some(expected), "{output:?}");
        assert_eq!(
            stderr_of(&output).lines().count(),
            1,
            "{}",
            stderr_of(&output)
        );
        let answer = response(&output);
        assert_eq!(answer["stats"]["inventory_complete"], false);
        simulated.assert_clean();
    }
}

#[test]
fn certificates_that_are_not_checked_are_warned_of_once() {
    let simulated = server::simulator(&[]);
    let mut server = simulated.server.clone();
    server.ca_file = None;
    let output = run_against(&server, "collect", &["--insecure"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let message = stderr_of(&output);
    assert_eq!(message.matches("not verified").count(), 1, "{message}");
}

#[test]
fn the_help_lists_the_exit_codes() {
    for arguments in [&["--help"][..], &["simulate", "--help"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0));
    }
    let help = String::from_utf8(run(&["--help"]).stdout).expect("UTF-8");
    let help: String = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "0 done",
        "1 failed",
        "2 wrong usage",
        "3 the inventory is not proved complete",
        "4 login refused or privilege missing",
        "5 vCenter unreachable",
        "130 interrupted",
    ] {
        assert!(help.contains(part), "{part} in {help}");
    }
}

/// On a terminal a listing is for people; `script` of util-linux is one.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_a_table_and_a_pipe_the_document() {
    let simulated = server::start(Simulator::builder().vms(3).hosts(1).clusters(1));
    let server = &simulated.server;
    for (name, shown) in [
        ("collect", "VIRTUAL MACHINES ("),
        ("detect", "recommended  --preferred-version"),
        ("healthcheck", "logged in and out"),
    ] {
        let direct = command_against(server, name, &[]);
        let words: Vec<String> = [direct.get_program()]
            .into_iter()
            .chain(direct.get_args())
            .map(|word| format!("'{}'", word.to_str().expect("UTF-8")))
            .collect();
        let mut terminal = executable::isolated(Command::new("script"));
        let terminal = terminal
            .args(["--quiet", "--return", "--command", &words.join(" ")])
            .arg("/dev/null")
            .env("TEST_PASSWORD", &server.password)
            .stdin(Stdio::null());
        let output = terminal.output().expect("script, of util-linux, starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{name}: {text}");
        assert!(text.contains(shown), "{name}: {text}");
        assert!(!text.contains("schema_version"), "{name}: {text}");
        let piped = run_against(server, name, &[]);
        assert_eq!(
            response(&piped)["schema_version"],
            "collector-response-v1",
            "{name}"
        );
    }
    simulated.assert_clean();
}
