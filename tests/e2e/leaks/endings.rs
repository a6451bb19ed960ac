//! Endings of processes, and wrong arguments.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use stocktake_simulator::Fault;
use stocktake_tests::executable::command;
use stocktake_tests::request;
use stocktake_tests::server::{MARKED_PASSWORD, Server};

use super::Case;
use super::scene::{Scene, argument};

/// Until a run has begun and can be ended.
const TIMEOUT: Duration = Duration::from_secs(20);

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        Case::new(
            "the time is over in the middle of a page",
            |scene: &mut Scene| {
                let server = scene.simulator(&[Fault::SlowDrip]);
                let output = scene.path("inventory.json");
                let output = argument(&output);
                for name in ["collect", "sync"] {
                    scene.run(&server, name, &["--timeout", "1", "--output", output]);
                }
            },
        ),
        Case::new("it is terminated in the middle of a page", |scene| {
            signalled(scene, "-TERM");
        }),
        Case::new("it is interrupted in the middle of a page", |scene| {
            signalled(scene, "-INT");
        }),
        Case::new("it is killed in the middle of a page", |scene| {
            signalled(scene, "-KILL");
        }),
        Case::new("the output has no folder", |scene| {
            let server = scene.simulator(&[]);
            let output = scene.path("missing").join("file");
            for name in ["collect", "sync", "record"] {
                scene.run(&server, name, &["--output", argument(&output)]);
            }
        }),
        Case::new(
            "the sentence of a fixture discloses the password",
            |scene| {
                let server = scene.simulator(&[]);
                let output = scene.path("fixture");
                let options = ["--output", argument(&output), "--shows", MARKED_PASSWORD];
                scene.run(&server, "record", &options);
            },
        ),
        Case::new("the component is no component", |scene| {
            let server = scene.simulator(&[]);
            let file = scene.path("component");
            std::fs::write(&file, "nothing").expect("a file");
            scene.run(&server, "collect", &["--component", argument(&file)]);
        }),
        Case::new("stdout is closed before the answer", |scene| {
            let server = scene.simulator(&[]);
            let mut command = scene.command(&server, "collect", &[]);
            let mut child = command
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("stocktake starts");
            drop(child.stdout.take());
            scene.add_output(child.wait_with_output().expect("an end"));
        }),
    ];
    for format in ["json", "ndjson", "table", "csv"] {
        cases.push(Case::new(
            format!("a list that is short is written as {format}"),
            move |scene| {
                let server = scene.simulator(&[Fault::ShortList, Fault::OddNames]);
                let output = scene.path("inventory");
                let to = [
                    "--format",
                    format,
                    "--page-size",
                    "7",
                    "--evidence",
                    "--usage",
                ];
                scene.run(&server, "collect", &to);
                let to = [&to[..], &["--output", argument(&output)]].concat();
                scene.run(&server, "collect", &to);
            },
        ));
    }
    cases.extend(misuses());
    cases
}

fn signalled(scene: &mut Scene, signal: &str) {
    let server = scene.simulator(&[Fault::SlowDrip]);
    let output = scene.path("inventory.json");
    let mut command = scene.command(
        &server,
        "collect",
        &[
            "--preferred-version",
            "7.0-8.x",
            "--output",
            argument(&output),
        ],
    );
    // A pipe would not be read meanwhile; the file is searched like all others.
    let log = File::create(scene.path("log")).expect("a file");
    let mut child = command.stderr(log).spawn().expect("stocktake starts");
    let begun = Instant::now();
    while scene.last().simulator.counters().retrieve_calls == 0 {
        assert!(begun.elapsed() < TIMEOUT, "nothing is retrieved");
        std::thread::yield_now();
    }
    let id = child.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status();
    assert!(sent.expect("kill runs").success());
    child.wait().expect("an end");
}

/// The password is in a wrong place, as by mistakes in scripts.
fn misuses() -> Vec<Case> {
    let misuse = |name: &str, arguments: &'static [&'static str]| {
        Case::new(name, move |scene: &mut Scene| {
            let server = scene.simulator(&[]);
            let mut command = command(&["collect"]);
            let base = ["--endpoint", &server.url, "--username", &server.username];
            command.args(base).args(arguments);
            let output = scene.set(command).output();
            scene.add_output(output.expect("stocktake starts"));
        })
    };
    vec![
        misuse(
            "the password is given for the name of its variable",
            &["--password-env", MARKED_PASSWORD],
        ),
        misuse(
            "the password is given for the name of its file",
            &["--password-file", MARKED_PASSWORD],
        ),
        misuse(
            "the password is given to an option that is none",
            &["--password", MARKED_PASSWORD],
        ),
        Case::new("the password is part of the endpoint", |scene| {
            let server = scene.simulator(&[]);
            for password in [MARKED_PASSWORD, "M4RKs3cr3t"] {
                let url = server.url.replace("//", &format!("//reader:{password}@"));
                let server = Server {
                    url,
                    username: server.username.clone(),
                    password: password.to_owned(),
                    ca_file: server.ca_file.clone(),
                    preferred_version: server.preferred_version,
                };
                for name in ["collect", "healthcheck", "sync"] {
                    scene.run(&server, name, &[]);
                }
                scene.ask(&server, &request::to(&server, "detect"));
            }
        }),
    ]
}
