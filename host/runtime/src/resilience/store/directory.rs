//! Circuits that processes share: a file per endpoint in a directory of the user's own.

use std::fs::{File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use stocktake_contract::{ErrorCode, Problem};

use super::{Store, record};
use crate::directory::{Directory, Refusal};
use crate::gateway::Authority;
use crate::resilience::circuit::Circuit;

/// What a message proposes in place of a directory that is not used.
const INSTEAD: &str = "keep the breaker's state in a directory of your own";
/// Held while a file is read and replaced. A file of its own, because the others are replaced.
const LOCK: &str = "lock";
/// Behind the name of a state file.
const SUFFIX: &str = ".json";
/// The lock is held for microseconds: who waits longer than this waits for a process that was stopped.
const TRIES: u32 = 500;
const BETWEEN_TRIES: Duration = Duration::from_millis(2);

/// Circuits that processes of one user share: a file per endpoint in a directory that
/// no other user can write, replaced as a whole under a lock.
///
/// A file that is damaged or that another user could have written stands for a
/// circuit that is closed; a warning says so, and the file is replaced.
#[derive(Debug)]
pub struct DirectoryStore {
    path: PathBuf,
}

impl DirectoryStore {
    /// Uses a directory, which is created when it is missing.
    ///
    /// # Errors
    ///
    /// `VCENTER_CONFIG_INVALID` when it cannot be had or others could write to it.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Problem> {
        let store = DirectoryStore { path: path.into() };
        match Directory::open(&store.path, INSTEAD) {
            Ok(_) => Ok(store),
            Err(refusal) => {
                let reason = match refusal {
                    Refusal::Unsafe { what, cure } => format!("{what}; {cure}"),
                    Refusal::Unavailable(error) => {
                        format!("{}: {error}; {INSTEAD}", store.path.display())
                    }
                };
                let message = format!("the breaker's state cannot be kept: {reason}");
                Err(Problem::new(ErrorCode::VcenterConfigInvalid, message))
            }
        }
    }

    fn directory(&self) -> io::Result<Directory> {
        Directory::open(&self.path, INSTEAD).map_err(into_error)
    }
}

impl Store for DirectoryStore {
    fn update(&self, endpoint: &Authority, change: &mut dyn FnMut(&mut Circuit)) -> io::Result<()> {
        let directory = self.directory()?;
        let _lock = lock(&directory)?;
        let name = file_name(endpoint);
        let found = read(&directory, &name).and_then(|found| match found {
            Some((known, _)) if known != *endpoint => Err(format!("it is the state of {known}")),
            found => Ok(found.map(|(_, circuit)| circuit)),
        });
        let (before, is_new) = match found {
            Ok(Some(circuit)) => (circuit, false),
            Ok(None) => (Circuit::default(), false),
            Err(reason) => {
                let file = self.path.join(&name);
                let file = file.display();
                tracing::warn!(%endpoint, %file, reason, "the breaker's state is damaged or foreign; it is taken for closed and replaced");
                (Circuit::default(), true)
            }
        };
        let mut circuit = before.clone();
        change(&mut circuit);
        if circuit == before && !is_new {
            return Ok(());
        }
        if circuit == Circuit::default() {
            // Endpoints that never failed take no room.
            directory.remove(&name);
            return Ok(());
        }
        directory.write(&name, &[&record::write(endpoint, &circuit)?])
    }

    fn circuits(&self) -> io::Result<Vec<(Authority, Circuit)>> {
        let directory = self.directory()?;
        let mut circuits = Vec::new();
        for name in directory.names()? {
            if !name.ends_with(SUFFIX) {
                continue;
            }
            match read(&directory, &name) {
                Ok(Some((endpoint, circuit))) if file_name(&endpoint) == name => {
                    circuits.push((endpoint, circuit));
                }
                // Removed meanwhile.
                Ok(None) => {}
                found => {
                    let reason = found.err().unwrap_or("its name is another's".to_owned());
                    let file = self.path.join(&name);
                    let file = file.display();
                    tracing::warn!(%file, reason, "the breaker's state is damaged or foreign");
                }
            }
        }
        circuits.sort_by_cached_key(|(endpoint, _): &(Authority, _)| endpoint.to_string());
        Ok(circuits)
    }
}

/// No host holds a `+`, and an IPv6 address is known by its colons.
fn file_name(endpoint: &Authority) -> String {
    let (scheme, port) = (endpoint.scheme().as_str(), endpoint.port());
    let host = endpoint.host().replace(':', "+");
    format!("{scheme}+{host}+{port}{SUFFIX}")
}

/// The state of a file, nothing when there is no such file, or why it is not used.
fn read(directory: &Directory, name: &str) -> Result<Option<(Authority, Circuit)>, String> {
    match directory.read(name) {
        Ok(None) => Ok(None),
        Ok(Some(text)) => record::read(&text)
            .map(Some)
            .map_err(|damage| damage.to_string()),
        Err(refusal) => Err(into_error(refusal).to_string()),
    }
}

/// Held until the file is dropped, also by the end of the process.
fn lock(directory: &Directory) -> io::Result<File> {
    let file = directory.lock_file(LOCK)?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(BETWEEN_TRIES),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    let message = "another process holds its lock and does not go on";
    Err(io::Error::new(io::ErrorKind::WouldBlock, message))
}

fn into_error(refusal: Refusal) -> io::Error {
    match refusal {
        Refusal::Unsafe { what, cure } => {
            io::Error::new(io::ErrorKind::PermissionDenied, format!("{what}; {cure}"))
        }
        Refusal::Unavailable(error) => error,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use super::{DirectoryStore, LOCK, file_name};
    use crate::gateway::Authority;
    use crate::resilience::circuit::{Circuit, State};
    use crate::resilience::store::Store as _;
    use crate::testing::log::events;
    use stocktake_contract::ErrorCode;

    fn endpoint(url: &str) -> Authority {
        Authority::from_url(url).expect("a URL")
    }

    fn failing(failures: u32) -> Circuit {
        Circuit {
            state: State::Closed { failures },
            ..Circuit::default()
        }
    }

    fn put(store: &DirectoryStore, endpoint: &Authority, circuit: &Circuit) {
        store
            .update(endpoint, &mut |kept| *kept = circuit.clone())
            .expect("kept");
    }

    fn get(store: &DirectoryStore, endpoint: &Authority) -> Circuit {
        let mut found = None;
        store
            .update(endpoint, &mut |kept| found = Some(kept.clone()))
            .expect("read");
        found.expect("called")
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("there").mode() & 0o777
    }

    #[test]
    fn what_one_store_keeps_another_one_reads_and_nobody_else_can() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger/breaker");
        let store = DirectoryStore::open(&path).expect("a store");
        let (first, second) = (
            endpoint("https://a.lan"),
            endpoint("https://[fd00::1]:8443"),
        );
        put(&store, &second, &failing(2));
        put(&store, &first, &failing(1));
        let other = DirectoryStore::open(&path).expect("a store");
        assert_eq!(get(&other, &first), failing(1));
        let known = other.circuits().expect("circuits");
        assert_eq!(
            known,
            [(second.clone(), failing(2)), (first.clone(), failing(1))]
        );
        assert_eq!(mode(&path), 0o700);
        for name in [LOCK, &file_name(&first), &file_name(&second)] {
            assert_eq!(mode(&path.join(name)), 0o600, "{name}");
        }
    }

    #[test]
    fn an_endpoint_that_is_well_leaves_no_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = DirectoryStore::open(folder.path()).expect("a store");
        let endpoint = endpoint("https://vc.lan");
        assert_eq!(get(&store, &endpoint), Circuit::default());
        put(&store, &endpoint, &failing(1));
        put(&store, &endpoint, &Circuit::default());
        assert!(!folder.path().join(file_name(&endpoint)).exists());
        assert_eq!(store.circuits().expect("circuits"), []);
    }

    #[test]
    fn a_damaged_or_foreign_file_is_taken_for_closed_and_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = DirectoryStore::open(folder.path()).expect("a store");
        let (ours, other) = (endpoint("https://vc.lan"), endpoint("https://other.lan"));
        let file = folder.path().join(file_name(&ours));
        put(&store, &other, &failing(4));
        let others = folder.path().join(file_name(&other));
        let damages: [(&str, &dyn Fn()); 4] = [
            ("cut", &|| fs::write(&file, "{\"schema").expect("written")),
            ("of another endpoint", &|| {
                fs::copy(&others, &file).map(drop).expect("copied")
            }),
            ("writable by all", &|| {
                put(&store, &ours, &failing(4));
                fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).expect("changed");
            }),
            ("a link", &|| {
                fs::remove_file(&file).expect("removed");
                symlink(&others, &file).expect("linked");
            }),
        ];
        for (damage, make) in damages {
            make();
            let warnings = events(|| assert_eq!(get(&store, &ours), Circuit::default()));
            let [warning] = &warnings[..] else {
                panic!("{damage}: {warnings:?}");
            };
            let expected = warning.contains(&file.display().to_string());
            assert!(
                expected && warning.starts_with("WARN"),
                "{damage}: {warning}"
            );
            put(&store, &ours, &failing(1));
            assert_eq!(get(&store, &ours), failing(1), "{damage}");
            assert!(!file.is_symlink(), "{damage}");
        }
        assert_eq!(get(&store, &other), failing(4), "the link was not followed");
    }

    #[test]
    fn a_directory_that_others_can_write_is_refused_with_the_cure() {
        let folder = tempfile::tempdir().expect("a folder");
        let anyones = fs::Permissions::from_mode(0o777);
        fs::set_permissions(folder.path(), anyones).expect("changed");
        let problem = DirectoryStore::open(folder.path()).expect_err("refused");
        assert_eq!(problem.code, ErrorCode::VcenterConfigInvalid);
        assert!(problem.message.contains("chmod go-w"), "{problem}");
    }

    #[test]
    fn updates_at_the_same_time_lose_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = Arc::<Path>::from(folder.path());
        let endpoint = endpoint("https://vc.lan");
        let workers = (0..4).map(|_| {
            let (path, endpoint) = (path.clone(), endpoint.clone());
            std::thread::spawn(move || {
                let store = DirectoryStore::open(&*path).expect("a store");
                for _ in 0..25 {
                    let updated = store.update(&endpoint, &mut |circuit| circuit.generation += 1);
                    updated.expect("updated");
                }
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.join().expect("ended");
        }
        let store = DirectoryStore::open(&*path).expect("a store");
        assert_eq!(get(&store, &endpoint).generation, 100);
    }

    #[test]
    fn an_open_circuit_survives_its_process() {
        let folder = tempfile::tempdir().expect("a folder");
        let endpoint = endpoint("http://vc.lan:8080");
        let circuit = Circuit {
            generation: 3,
            state: State::Open {
                until: std::time::SystemTime::now(),
                cooldown: Duration::from_secs(120),
                reason: "VCENTER_RATE_LIMIT: HTTP status 429".to_owned(),
            },
        };
        put(
            &DirectoryStore::open(folder.path()).expect("a store"),
            &endpoint,
            &circuit,
        );
        let later = DirectoryStore::open(folder.path()).expect("a store");
        assert_eq!(get(&later, &endpoint), circuit);
    }
}
