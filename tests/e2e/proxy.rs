//! The way through a proxy: named by an option, a variable or a file, with and without a
//! password, and TLS checked to its end at the vCenter.

use std::net::TcpListener;
use std::process::Output;

use stocktake_simulator::{CertificateKind, Simulator};
use stocktake_tests::executable::{command_against, error_codes, feed, isolated, response};
use stocktake_tests::proxy::{Manner, Proxy};
use stocktake_tests::request;
use stocktake_tests::server::{self, MARKED_PASSWORD, Server, Simulated};

/// A name that the proxy alone knows, and the certificate too.
const NAME: &str = "https://vcenter.example.com";

fn vcenter() -> Simulated {
    let builder = Simulator::builder().vms(3).hosts(1).clusters(1);
    server::start(builder.certificate(CertificateKind::WrongName))
}

fn before(simulated: &Simulated) -> Manner {
    Manner {
        target: simulated.simulator.address(),
        login: None,
        refuses: None,
    }
}

fn named(simulated: &Simulated) -> Server {
    Server {
        url: NAME.to_owned(),
        username: simulated.server.username.clone(),
        password: simulated.server.password.clone(),
        ca_file: simulated.server.ca_file.clone(),
        preferred_version: "7.0-8.x",
    }
}

fn collect(server: &Server, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = command_against(server, "collect", arguments);
    command.args(["--format", "json"]);
    command.envs(variables.iter().copied());
    let output = command.output().expect("stocktake starts");
    for stream in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(stream).contains(MARKED_PASSWORD));
    }
    output
}

fn assert_collected(output: &Output) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{message}");
    let answer = response(output);
    assert_eq!(answer["stats"]["inventory_complete"], true);
}

/// The code, and what the message says.
fn error_of(output: &Output) -> (String, String) {
    assert!(!output.status.success());
    let answer = response(output);
    let message = answer["errors"][0]["message"].as_str().expect("a message");
    (error_codes(&answer)[0].clone(), message.to_owned())
}

/// What stderr says of a command line or an environment that cannot work.
fn misuse(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_vcenter_that_only_the_proxy_knows_is_collected_and_its_certificate_checked() {
    let simulated = vcenter();
    let proxy = Proxy::start(before(&simulated));
    let url = proxy.url();
    let server = named(&simulated);
    let folder = tempfile::tempdir().expect("a folder");
    let policy = folder.path().join("policy.toml");
    std::fs::write(&policy, format!("[proxy]\nurl = \"{url}\"\n")).expect("a file");
    let policy = policy.to_str().expect("UTF-8");
    for (arguments, variables) in [
        (&["--proxy", &url][..], &[][..]),
        (&["--policy", policy], &[]),
        (&[], &[("HTTPS_PROXY", url.as_str())]),
        (
            &[],
            &[
                ("https_proxy", url.as_str()),
                ("HTTPS_PROXY", "http://127.0.0.1:1"),
            ],
        ),
        (&[], &[("ALL_PROXY", url.as_str())]),
        (
            &[],
            &[
                ("STOCKTAKE_PROXY", url.as_str()),
                ("HTTPS_PROXY", "http://127.0.0.1:1"),
            ],
        ),
        (
            &["--proxy", &url],
            &[("STOCKTAKE_PROXY", "http://127.0.0.1:1")],
        ),
    ] {
        let tunnels = proxy.asked().len();
        assert_collected(&collect(&server, arguments, variables));
        let asked = proxy.asked();
        assert!(asked.len() > tunnels, "{arguments:?} {variables:?}");
        assert!(asked.iter().all(|place| place == "vcenter.example.com:443"));
        simulated.assert_clean();
    }
    // Another server at the end of the tunnel is not the vCenter, whatever leads there.
    let other = vcenter();
    let astray = Proxy::start(before(&other));
    let led = collect(&server, &["--proxy", &astray.url()], &[]);
    assert_eq!(error_of(&led).0, "VCENTER_TLS_ERROR");
    assert_eq!(other.simulator.counters().requests, 0);
}

#[test]
fn a_proxy_is_logged_in_to_by_a_password_that_no_message_shows() {
    let simulated = vcenter();
    let server = named(&simulated);
    let password = "pr0xy <&>%@:s3cret";
    let proxy = Proxy::start(Manner {
        login: Some(("me".to_owned(), password.to_owned())),
        ..before(&simulated)
    });
    let right = proxy.url_as("me", password);
    assert_collected(&collect(&server, &[], &[("HTTPS_PROXY", &right)]));
    let wrong = proxy.url_as("me", "wr0ng-s3cret");
    for (url, expected) in [
        (wrong, "refuses user name and password"),
        (proxy.url(), "requires a user name and a password"),
    ] {
        let output = collect(
            &server,
            &[],
            &[("STOCKTAKE_PROXY", &url), ("STOCKTAKE_LOG", "trace")],
        );
        let (code, message) = error_of(&output);
        assert_eq!(code, "VCENTER_NETWORK_ERROR");
        assert!(
            message.contains(expected) && message.contains("STOCKTAKE_PROXY"),
            "{message}"
        );
        assert!(message.contains("407"), "{message}");
        for stream in [&output.stdout, &output.stderr] {
            assert!(!String::from_utf8_lossy(stream).contains("s3cret"));
        }
    }
    // What stands in a command line is seen by everybody.
    let output = collect(&server, &["--proxy", &right], &[]);
    let message = misuse(&output);
    assert!(
        message.contains("--proxy") && message.contains("STOCKTAKE_PROXY"),
        "{message}"
    );
    assert!(
        !message.contains("s3cret") && !message.contains("%73"),
        "{message}"
    );
}

#[test]
fn exceptions_and_this_machine_are_reached_without_the_proxy() {
    let simulated = server::simulator(&[]);
    let dead = "http://127.0.0.1:1";
    for (arguments, variables) in [
        (&[][..], &[("HTTPS_PROXY", dead)][..]),
        (&["--proxy", dead], &[("NO_PROXY", "127.0.0.0/8")]),
        (&["--proxy", ""], &[("ALL_PROXY", dead)]),
        (&[], &[("STOCKTAKE_PROXY", dead), ("no_proxy", "*")]),
    ] {
        assert_collected(&collect(&simulated.server, arguments, variables));
    }
    let (code, message) = error_of(&collect(&simulated.server, &["--proxy", dead], &[]));
    assert_eq!(code, "VCENTER_NETWORK_ERROR");
    assert!(message.contains("named by --proxy"), "{message}");
}

#[test]
fn a_proxy_that_does_not_lead_there_is_reported_by_its_option_or_variable() {
    let simulated = vcenter();
    let server = named(&simulated);
    for (status, expected) in [
        (403, "refuses to connect"),
        (503, "cannot reach"),
        (502, "cannot reach"),
    ] {
        let proxy = Proxy::start(Manner {
            refuses: Some(status),
            ..before(&simulated)
        });
        let (code, message) = error_of(&collect(&server, &[], &[("HTTPS_PROXY", &proxy.url())]));
        assert_eq!(code, "VCENTER_NETWORK_ERROR");
        for words in [
            expected,
            &status.to_string(),
            "HTTPS_PROXY",
            "vcenter.example.com",
        ] {
            assert!(message.contains(words), "{message}");
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let unreachable = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let (code, message) = error_of(&collect(&server, &[], &[("ALL_PROXY", &unreachable)]));
    assert_eq!(code, "VCENTER_NETWORK_ERROR");
    assert!(
        message.contains("is refused") && message.contains("ALL_PROXY"),
        "{message}"
    );
    let malformed = collect(&server, &[], &[("HTTPS_PROXY", "socks5://p.lan:1080")]);
    let message = misuse(&malformed);
    assert!(
        message.contains("HTTPS_PROXY") && message.contains("http://HOST:PORT"),
        "{message}"
    );
}

/// What no collector may dial, no proxy dials for one.
#[test]
fn addresses_that_are_denied_are_not_asked_of_a_proxy() {
    let simulated = vcenter();
    let proxy = Proxy::start(before(&simulated));
    for endpoint in [
        "https://169.254.169.254",
        "https://2852039166",
        "https://[fd00:ec2::254]",
    ] {
        let server = Server {
            url: endpoint.to_owned(),
            ..named(&simulated)
        };
        let (code, message) = error_of(&collect(&server, &["--proxy", &proxy.url()], &[]));
        assert_eq!(code, "EGRESS_DENIED", "{endpoint}: {message}");
    }
    assert_eq!(proxy.asked(), [""; 0]);
}

#[test]
fn a_ledgers_plugin_goes_through_the_proxy_of_its_environment() {
    let simulated = vcenter();
    let proxy = Proxy::start(Manner {
        login: Some(("me".to_owned(), "s3cret".to_owned())),
        ..before(&simulated)
    });
    let server = named(&simulated);
    let ca_file = server.ca_file.clone().expect("a CA");
    for variable in ["STOCKTAKE_PROXY", "HTTPS_PROXY"] {
        let mut command = isolated(std::process::Command::new(
            stocktake_tests::executable::path(),
        ));
        command.arg("plugin").env("STOCKTAKE_CA_FILE", &ca_file);
        command.env(variable, proxy.url_as("me", "s3cret"));
        let asked = request::to(&server, "collect").to_string();
        let output = feed(&mut command, asked.as_bytes());
        assert_collected(&output);
    }
    assert!(proxy.asked().len() >= 2);
}
