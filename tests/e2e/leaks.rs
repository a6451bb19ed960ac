//! Whatever fails, no secret is disclosed.
//!
//! Each failure that the suite can make is run twice, in a session of the host's and by a
//! component that logs in itself, with a marked password and everything logged. Then all
//! output is searched: stdout, stderr with logs and panics, and every file.
//! The user's name may show; messages need it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`scene`] | one case: a folder of its own, its servers, its output |
//! | [`search`] | the search: the password in every encoding, session keys |
//! | [`servers`] | failures of vCenters and other servers |
//! | [`endings`] | endings of processes, and wrong arguments |
//! | [`guests`] | misbehaving components |
//! | [`requests`] | requests of ledgers |

mod endings;
mod guests;
mod requests;
mod scene;
mod search;
mod servers;

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use stocktake_tests::executable::{command, compiled};
use stocktake_tests::hostile;
use stocktake_tests::server::MARKED_PASSWORD;

use scene::{Login, Scene};
use search::Search;

/// Cases that run at once; most of their time is waiting.
const AT_ONCE: usize = 4;

/// A failure, and its cause.
struct Case {
    /// A sentence.
    name: String,
    act: Act,
}

type Act = Box<dyn Fn(&mut Scene) + Send + Sync>;

impl Case {
    fn new(name: impl Into<String>, act: impl Fn(&mut Scene) + Send + Sync + 'static) -> Self {
        Case {
            name: name.into(),
            act: Box::new(act),
        }
    }
}

#[test]
fn whatever_fails_no_secret_comes_out() {
    compile();
    let cases: Vec<Case> = [
        servers::cases(),
        endings::cases(),
        guests::cases(),
        requests::cases(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let found = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            for login in [Login::Hosts, Login::Guests] {
                let leaks = panic::catch_unwind(AssertUnwindSafe(|| leaks(case, login)));
                let leaks = leaks.unwrap_or_else(|_| vec!["it panicked, see above".to_owned()]);
                let leaks = leaks
                    .into_iter()
                    .map(|leak| format!("{} ({login:?}): {leak}", case.name));
                found.lock().expect("the leaks").extend(leaks);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let mut found = found.into_inner().expect("the leaks");
    found.extend(Search::new(MARKED_PASSWORD, &[]).in_folder(&compiled()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn leaks(case: &Case, login: Login) -> Vec<String> {
    let mut scene = Scene::new(login);
    (case.act)(&mut scene);
    scene.leaks()
}

/// Has the code of both components in the cache: the compiler logs each instruction.
fn compile() {
    let component = hostile::file();
    let path = component.path().to_str().expect("UTF-8");
    for arguments in [&["inspect"][..], &["inspect", path]] {
        let inspected = command(arguments).output().expect("stocktake starts");
        assert!(inspected.status.success(), "{inspected:?}");
    }
}
