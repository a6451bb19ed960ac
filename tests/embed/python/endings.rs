//! Interrupted runs leave nothing on the server.

use super::*;

fn pages(simulated: &Simulated) -> Value {
    request::with(request::to(&simulated.server, "collect"), "page_size", 5)
}

#[test]
fn a_run_that_is_left_after_a_page_leaves_nothing_on_the_server() {
    for how in ["closed", "forgotten", "open"] {
        let simulated = server::simulator(&[]);
        let arguments = ["--ca-file", ca_argument(&simulated), "--leave", how];
        let output = drive(&pages(&simulated), &arguments);
        assert_eq!(output.status.code(), Some(0), "{how}: {}", stderr(&output));
        let message = String::from_utf8_lossy(&output.stdout);
        let expected = if how == "closed" {
            "INVENTORY_INCOMPLETE\n"
        } else {
            ""
        };
        assert_eq!(message, expected, "{how}");
        let counters = simulated.simulator.counters();
        assert_eq!(counters.logins, 1, "{how}");
        assert!(counters.continue_calls < 8, "{how}: {counters:?}");
        simulated.assert_clean();
    }
}

#[test]
fn a_run_over_its_time_is_reported_as_such_and_leaves_nothing_on_the_server() {
    let simulated = server::simulator(&[Fault::SlowDrip]);
    let arguments = ["--ca-file", ca_argument(&simulated), "--wall", "1.5"];
    let output = drive(&pages(&simulated), &arguments);
    assert_eq!(failure(&output)[0], "PLUGIN_TIMEOUT", "{}", stderr(&output));
    let message = response(&output)["errors"][0]["message"].to_string();
    assert!(message.contains("it has cleaned up"), "{message}");
    assert_eq!(simulated.simulator.counters().logins, 1);
    simulated.assert_clean();
}

#[test]
fn a_component_that_never_ends_is_ended_by_force() {
    let endless = programs().join("endless.wat");
    let endless = endless.to_str().expect("UTF-8");
    let simulated = server::simulator(&[]);
    let arguments = ["--component", endless, "--wall", "0.2", "--grace", "0.2"];
    let output = drive(&pages(&simulated), &arguments);
    assert_eq!(failure(&output), ["PLUGIN_TIMEOUT"], "{}", stderr(&output));
    let message = response(&output)["errors"][0]["message"].to_string();
    assert!(message.contains("it was ended by force"), "{message}");
}

#[cfg(unix)]
#[test]
fn a_process_that_ends_by_a_signal_leaves_nothing_on_the_server() {
    use std::io::Write as _;
    use std::process::Stdio;

    let simulated = server::simulator(&[Fault::SlowDrip]);
    let mut child = program("driver.py")
        .args(["--ca-file", ca_argument(&simulated)])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python starts");
    let asked = pages(&simulated).to_string();
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(asked.as_bytes()).expect("taken");
    drop(stdin);
    while simulated.simulator.counters().views_open == 0 {
        std::thread::yield_now();
    }
    let killed = Command::new("kill").arg(child.id().to_string()).status();
    assert!(killed.expect("kill runs").success());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    simulated.assert_clean();
}
