//! A failing vCenter is skipped and probed again; a few errors do not open
//! the circuit.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use stocktake_runtime::gateway::Authority;
use stocktake_runtime::resilience::circuit::State;
use stocktake_runtime::resilience::{Circuit, DirectoryStore, Store as _};
use stocktake_simulator::Fault;
use stocktake_tests::answer::collect;
use stocktake_tests::executable::{command, error_codes, plugin, response, run};
use stocktake_tests::request;
use stocktake_tests::server::{self, MARKED_PASSWORD, Server};
use tempfile::TempDir;

/// Processes that share a breaker, as the workers of a ledger do.
struct Workers {
    state: TempDir,
}

impl Workers {
    fn new() -> Self {
        let state = tempfile::tempdir().expect("a folder");
        Workers { state }
    }

    fn state(&self) -> &str {
        self.state.path().to_str().expect("UTF-8")
    }

    /// One of them is spawned, without retries.
    fn run(&self, server: &Server) -> Value {
        let asked = request::to(server, "healthcheck").to_string();
        let ca_file = server.ca_file.as_ref().and_then(|file| file.to_str());
        let output = plugin(
            &asked,
            &[
                ("STOCKTAKE_BREAKER_STATE", self.state()),
                ("STOCKTAKE_ATTEMPTS", "1"),
                ("STOCKTAKE_CA_FILE", ca_file.unwrap_or_default()),
            ],
        );
        for stream in [&output.stdout, &output.stderr] {
            assert!(!String::from_utf8_lossy(stream).contains(MARKED_PASSWORD));
        }
        let answer = response(&output);
        let succeeded = error_codes(&answer).is_empty();
        assert_eq!(output.status.code(), Some(i32::from(!succeeded)));
        answer
    }

    fn store(&self) -> DirectoryStore {
        DirectoryStore::open(self.state.path()).expect("a store")
    }

    /// The only circuit that is known.
    fn circuit(&self) -> Circuit {
        let known = self.store().circuits().expect("circuits");
        let [(_, circuit)] = known.try_into().expect("one circuit");
        circuit
    }

    /// Has the cooldown of an open circuit be over.
    fn let_the_cooldown_pass(&self, server: &Server) {
        let change = &mut |circuit: &mut Circuit| match &mut circuit.state {
            State::Open { until, .. } => *until = SystemTime::UNIX_EPOCH,
            other => panic!("{other:?}"),
        };
        let endpoint = Authority::from_url(&server.url).expect("a URL");
        self.store().update(&endpoint, change).expect("kept");
    }
}

fn breaker(answer: &Value) -> &Value {
    &answer["errors"][0]["redacted_context"]["breaker"]
}

/// RE-3: five failures open it, the sixth run is refused without a connection; one probe
/// goes after the cooldown, and its failure makes the next cooldown longer.
#[test]
fn a_vcenter_that_failed_five_times_is_left_alone() {
    let workers = Workers::new();
    let failing = server::simulator(&[Fault::BadGateway]);
    for _ in 0..5 {
        let answer = workers.run(&failing.server);
        assert_eq!(error_codes(&answer), ["VCENTER_NETWORK_ERROR"]);
        assert!(breaker(&answer).is_null(), "{answer}");
    }
    let before = failing.simulator.counters().connections;
    let refused = workers.run(&failing.server);
    assert_eq!(failing.simulator.counters().connections, before);
    assert_eq!(error_codes(&refused), ["VCENTER_NETWORK_ERROR"]);
    let error = &refused["errors"][0];
    assert_eq!(error["retryable"], true);
    let context = &error["redacted_context"];
    assert_eq!(context["breaker"], "open");
    assert_eq!(context["reason"], "VCENTER_NETWORK_ERROR: HTTP status 502");
    let seconds = context["retry_after_seconds"].as_u64().expect("seconds");
    assert!((1..=30).contains(&seconds), "{seconds}");
    let retry_at = context["retry_at"].as_str().expect("a time");
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains(retry_at), "{message}");

    workers.let_the_cooldown_pass(&failing.server);
    let probe = workers.run(&failing.server);
    assert!(breaker(&probe).is_null(), "{probe}");
    assert_eq!(failing.simulator.counters().connections, before + 1);
    assert!(matches!(
        workers.circuit().state,
        State::Open { cooldown, .. } if cooldown == Duration::from_secs(60)
    ));
    assert_eq!(breaker(&workers.run(&failing.server)), "open");
    assert_eq!(failing.simulator.counters().connections, before + 1);
}

#[test]
fn a_probe_that_is_answered_lets_everyone_through_again() {
    let workers = Workers::new();
    let well = server::simulator(&[]);
    let endpoint = Authority::from_url(&well.server.url).expect("a URL");
    let open = State::Open {
        until: SystemTime::now() + Duration::from_secs(60),
        cooldown: Duration::from_secs(120),
        reason: "it was down".to_owned(),
    };
    let change = &mut |circuit: &mut Circuit| circuit.state = open.clone();
    workers.store().update(&endpoint, change).expect("kept");
    assert_eq!(breaker(&workers.run(&well.server)), "open");
    assert_eq!(well.simulator.counters().connections, 0);
    workers.let_the_cooldown_pass(&well.server);
    for _ in 0..2 {
        assert_eq!(error_codes(&workers.run(&well.server)), [""; 0]);
    }
    assert_eq!(workers.circuit().state, State::default());
    well.assert_clean();
}

#[test]
fn refused_logins_and_refused_certificates_open_nothing() {
    let workers = Workers::new();
    let mut well = server::simulator(&[]);
    well.server.password = "wrong".to_owned();
    for _ in 0..6 {
        let answer = workers.run(&well.server);
        assert_eq!(error_codes(&answer), ["VCENTER_AUTH_FAILED"]);
    }
    let other = server::simulator(&[]);
    well.server.ca_file = other.server.ca_file.clone();
    for _ in 0..6 {
        let answer = workers.run(&well.server);
        assert_eq!(error_codes(&answer), ["VCENTER_TLS_ERROR"]);
    }
    assert_eq!(workers.store().circuits().expect("circuits"), []);
}

#[test]
fn operators_see_what_is_left_alone_and_end_it() {
    let workers = Workers::new();
    let endpoint = Authority::from_url("https://vc.lan").expect("a URL");
    let open = Circuit {
        generation: 1,
        state: State::Open {
            until: SystemTime::now() + Duration::from_secs(25),
            cooldown: Duration::from_secs(30),
            reason: "VCENTER_NETWORK_ERROR: it is down".to_owned(),
        },
    };
    let change = &mut |circuit: &mut Circuit| *circuit = open.clone();
    workers.store().update(&endpoint, change).expect("kept");
    let show = || {
        let output = run(&["breaker", "show", workers.state()]);
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let shown = show();
    assert!(shown.starts_with("https://vc.lan:443  open, the next probe at "));
    assert!(shown.ends_with("cooldown 30 s: VCENTER_NETWORK_ERROR: it is down\n"));
    let reset = |url| {
        let output = run(&["breaker", "reset", workers.state(), "--endpoint", url]);
        output.status.code()
    };
    assert_eq!(reset("https://other.lan"), Some(0));
    assert_eq!(workers.store().circuits().expect("circuits").len(), 2);
    assert!(show().contains("https://vc.lan:443  open"));
    assert_eq!(reset("https://vc.lan/sdk"), Some(0));
    assert!(show().contains("https://vc.lan:443  closed, 0 failed in a row"));
    assert_eq!(reset("vc.lan"), Some(2));
    let missing = run(&["breaker", "show", "no-such-directory"]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn a_state_that_cannot_be_kept_or_a_wrong_number_of_attempts_is_reported_as_a_problem() {
    let server = server::simulator(&[]).server;
    let asked = request::to(&server, "healthcheck").to_string();
    let file = tempfile::NamedTempFile::new().expect("a file");
    let file = file.path().to_str().expect("UTF-8");
    for (variable, value) in [
        ("STOCKTAKE_BREAKER_STATE", file),
        ("STOCKTAKE_ATTEMPTS", "0"),
        ("STOCKTAKE_ATTEMPTS", "many"),
    ] {
        let answer = response(&plugin(&asked, &[(variable, value)]));
        assert_eq!(error_codes(&answer), ["VCENTER_CONFIG_INVALID"], "{value}");
    }
}

#[test]
fn a_vcenter_that_is_overloaded_for_a_moment_is_asked_again() {
    let simulated = server::simulator(&[Fault::OverloadedBriefly]);
    let arguments = ["--page-size", "7", "--preferred-version", "7.0-8.x"];
    collect(&simulated.server, &arguments).assert_complete();
    let counters = simulated.simulator.counters();
    assert_eq!(counters.retrieve_calls % 2, 0, "each was sent twice");
    simulated.assert_clean();

    let simulated = server::simulator(&[Fault::OverloadedBriefly]);
    let once = [&arguments[..], &["--attempts", "1"]].concat();
    let answer = collect(&simulated.server, &once);
    assert_eq!(answer.errors(), ["VCENTER_RATE_LIMIT"]);
    simulated.assert_clean();
}

/// Passes bytes on to a vCenter, but hangs up on the first connection.
fn moody(vcenter: &str) -> (String, Arc<AtomicUsize>) {
    let address = vcenter.trim_start_matches("https://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            if counted.fetch_add(1, Ordering::Relaxed) > 0 {
                let server = TcpStream::connect(&address).expect("the vCenter");
                relay(&client, &server);
                relay(&server, &client);
            }
        }
    });
    (url, connections)
}

fn relay(from: &TcpStream, to: &TcpStream) {
    let mut from = from.try_clone().expect("a socket");
    let mut to = to.try_clone().expect("a socket");
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
}

#[test]
fn a_connection_that_is_cut_before_the_answer_is_made_again() {
    for (attempts, connections, errors) in [
        ("2", 2, &[][..]),
        ("1", 1, &["VCENTER_NETWORK_ERROR".to_owned()][..]),
    ] {
        let mut simulated = server::simulator(&[]);
        let (url, counted) = moody(&simulated.server.url);
        simulated.server.url = url;
        let arguments = ["--preferred-version", "7.0-8.x", "--attempts", attempts];
        let answer = collect(&simulated.server, &arguments);
        assert_eq!(answer.errors(), errors, "{}", answer.0["errors"]);
        assert_eq!(counted.load(Ordering::Relaxed), connections);
        simulated.assert_clean();
    }
}

/// The requested wait would take half a minute.
#[test]
#[cfg(unix)]
fn a_run_that_waits_for_its_next_attempt_ends_at_once_when_it_is_told_to() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mut child = command(&["healthcheck", "--endpoint", &url, "--username", "u"])
        .args(["--password-env", "TEST_PASSWORD"])
        .env("TEST_PASSWORD", MARKED_PASSWORD)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("stocktake starts");
    let (mut connection, _) = listener.accept().expect("a connection");
    connection.read_exact(&mut [0]).expect("a request");
    let busy = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 30\r\ncontent-length: 0\r\n\r\n";
    connection.write_all(busy).expect("an answer");
    // It closes the connection after the reply, and then waits.
    let mut rest = Vec::new();
    let _ = connection.read_to_end(&mut rest);
    let failed_at = SystemTime::now();
    let killed = std::process::Command::new("kill")
        .arg(child.id().to_string())
        .status();
    assert!(killed.expect("kill").success());
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(143));
    assert!(failed_at.elapsed().expect("a clock") < Duration::from_secs(15));
}
