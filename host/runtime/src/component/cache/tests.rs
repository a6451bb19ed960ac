use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use tracing_subscriber::fmt::MakeWriter;

use super::{Cache, Code, ENTRIES};
use crate::Runtime;
use crate::testing::{Behaviour, CLOSED, PAGES, SPIN, guest};

/// Some other user than the one who runs the tests.
const STRANGER: u32 = 12_345;

struct Place {
    folder: TempDir,
    component: Vec<u8>,
}

/// What a load did and what it said about it.
#[derive(Debug)]
struct Load {
    code: Code,
    warnings: String,
}

impl Load {
    fn assert_silent(&self, expected: Code) {
        assert_eq!(self.code, expected, "{}", self.warnings);
        assert_eq!(self.warnings, "");
    }

    fn assert_warning(&self, place: &Path, what: &str) {
        assert_eq!(self.code, Code::Compiled);
        let place = place.display().to_string();
        let log = &self.warnings;
        assert!(log.contains(&place) && log.contains(what), "{log}");
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the lock").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn component(pull: &'static str) -> Vec<u8> {
    guest(&Behaviour {
        pull,
        close: CLOSED,
        stderr: false,
    })
}

/// Loads as a process of its own would: with an engine of its own.
fn load(directory: &Path, component: &[u8]) -> Load {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let code = tracing::subscriber::with_default(subscriber, || {
        let runtime = Runtime::new().expect("an engine");
        let runtime = runtime.with_cache(Cache::new(directory));
        runtime.load(component).expect("a collector").code()
    });
    let warnings = log.0.lock().expect("the lock").clone();
    Load {
        code,
        warnings: String::from_utf8(warnings).expect("UTF-8"),
    }
}

impl Place {
    fn new() -> Self {
        Place {
            folder: tempfile::tempdir().expect("a folder"),
            component: component(PAGES),
        }
    }

    /// Does not exist before the first load.
    fn directory(&self) -> PathBuf {
        self.folder.path().join("caches/compiled")
    }

    fn load(&self) -> Load {
        load(&self.directory(), &self.component)
    }

    fn files(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.directory()).expect("the directory");
        files.map(|file| file.expect("a file").path()).collect()
    }

    /// The only file, after the first load.
    fn entry(&self) -> PathBuf {
        self.load().assert_silent(Code::Compiled);
        let files = self.files();
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("permissions");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("metadata").permissions().mode() & 0o7777
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn code_is_compiled_once_and_then_taken_from_the_cache() {
    let place = Place::new();
    place.load().assert_silent(Code::Compiled);
    place.load().assert_silent(Code::Cached);
    place.load().assert_silent(Code::Cached);
    assert_eq!(place.files().len(), 1);
}

#[test]
fn without_a_cache_nothing_is_kept() {
    let runtime = Runtime::new().expect("an engine");
    for _ in 0..2 {
        let collector = runtime.load(&component(PAGES)).expect("a collector");
        assert_eq!(collector.code(), Code::Compiled);
    }
}

#[tokio::test]
async fn cached_code_runs() {
    let place = Place::new();
    place.load().assert_silent(Code::Compiled);
    let runtime = Runtime::new().expect("an engine");
    let runtime = runtime.with_cache(Cache::new(place.directory()));
    let collector = runtime.load(&place.component).expect("a collector");
    assert_eq!(collector.code(), Code::Cached);
    assert_eq!(collector.describe().await.expect("a description").name, "");
}

#[test]
fn directory_and_entries_are_for_the_user_only() {
    let place = Place::new();
    let entry = place.entry();
    assert_eq!(mode(&place.directory()), 0o700);
    assert_eq!(mode(&place.folder.path().join("caches")), 0o700);
    assert_eq!(mode(&entry), 0o600);
}

#[test]
fn each_component_has_an_entry_of_its_own() {
    let place = Place::new();
    let spinning = component(SPIN);
    place.load().assert_silent(Code::Compiled);
    load(&place.directory(), &spinning).assert_silent(Code::Compiled);
    place.load().assert_silent(Code::Cached);
    load(&place.directory(), &spinning).assert_silent(Code::Cached);
    assert_eq!(place.files().len(), 2);
}

#[test]
fn a_flipped_bit_is_compiled_away() {
    let place = Place::new();
    let entry = place.entry();
    let whole = fs::read(&entry).expect("an entry");
    // Mark, both halves of the key, digest, and the code at its beginning, in its middle and at its end.
    for at in [
        0,
        15,
        16,
        50,
        80,
        111,
        112,
        whole.len() / 2,
        whole.len() - 1,
    ] {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        fs::write(&entry, damaged).expect("written");
        place.load().assert_silent(Code::Compiled);
        place.load().assert_silent(Code::Cached);
        assert_eq!(place.files().len(), 1, "byte {at}");
    }
}

#[test]
fn an_entry_cut_short_is_compiled_away() {
    let place = Place::new();
    let entry = place.entry();
    let whole = fs::read(&entry).expect("an entry");
    for length in [0, 1, 111, 112, 113, whole.len() - 1] {
        fs::write(&entry, &whole[..length]).expect("written");
        place.load().assert_silent(Code::Compiled);
        place.load().assert_silent(Code::Cached);
    }
}

#[test]
fn an_entry_under_the_name_of_another_component_is_not_taken_for_it() {
    let place = Place::new();
    let entry = place.entry();
    let code_of_another = fs::read(&entry).expect("an entry");
    let spinning = component(SPIN);
    load(&place.directory(), &spinning).assert_silent(Code::Compiled);
    let mut files = place.files();
    files.retain(|file| *file != entry);
    fs::write(&files[0], code_of_another).expect("written");
    load(&place.directory(), &spinning).assert_silent(Code::Compiled);
    load(&place.directory(), &spinning).assert_silent(Code::Cached);
}

#[test]
fn a_component_that_is_refused_leaves_nothing() {
    let place = Place::new();
    let foreign = wat::parse_str(r#"(component (import "system" (func)))"#).expect("WAT");
    let runtime = Runtime::new().expect("an engine");
    let runtime = runtime.with_cache(Cache::new(place.directory()));
    for _ in 0..2 {
        let problem = runtime.load(&foreign).expect_err("refused");
        assert!(problem.message.contains("imports system"), "{problem}");
    }
    assert_eq!(place.files(), <[PathBuf; 0]>::default());
}

#[test]
fn a_directory_that_others_can_write_is_refused() {
    for mode in [0o770, 0o707, 0o777, 0o1777, 0o720, 0o702] {
        let place = Place::new();
        place.entry();
        set_mode(&place.directory(), mode);
        let cure = format!("run `chmod go-w {}`", place.directory().display());
        place.load().assert_warning(&place.directory(), &cure);
        set_mode(&place.directory(), 0o755);
        place.load().assert_silent(Code::Cached);
    }
}

#[test]
fn a_linked_directory_is_refused() {
    let place = Place::new();
    place.entry();
    let link = place.folder.path().join("link");
    symlink(place.directory(), &link).expect("a link");
    load(&link, &place.component).assert_warning(&link, "is a symbolic link");
    // A slash behind it would lead to what it points at.
    load(&link.join(""), &place.component).assert_warning(&link, "is a symbolic link");
    fs::remove_dir_all(place.directory()).expect("removed");
    load(&link, &place.component).assert_warning(&link, "is a symbolic link");
    assert!(!place.directory().exists());
}

#[test]
fn a_link_above_the_directory_is_followed() {
    let place = Place::new();
    place.entry();
    let link = place.folder.path().join("link");
    symlink(place.folder.path().join("caches"), &link).expect("a link");
    load(&link.join("compiled"), &place.component).assert_silent(Code::Cached);
}

#[test]
fn a_file_in_place_of_the_directory_is_refused() {
    let place = Place::new();
    let file = place.folder.path().join("file");
    fs::write(&file, "").expect("a file");
    load(&file, &place.component).assert_warning(&file, "is not a directory");
}

#[test]
fn a_directory_that_cannot_be_made_costs_nothing() {
    let place = Place::new();
    let file = place.folder.path().join("file");
    fs::write(&file, "").expect("a file");
    load(&file.join("compiled"), &place.component).assert_silent(Code::Compiled);
    load(Path::new("/proc/stocktake"), &place.component).assert_silent(Code::Compiled);
}

#[test]
fn an_entry_that_cannot_be_written_costs_nothing() {
    let place = Place::new();
    let entry = place.entry();
    fs::remove_file(&entry).expect("removed");
    fs::create_dir(&entry).expect("a directory in its place");
    fs::write(entry.join("file"), "").expect("which cannot be replaced");
    place.load().assert_warning(&entry, "is not a file");
    assert_eq!(place.files(), [entry], "an unfinished file was left");
}

#[test]
fn what_belongs_to_another_user_is_refused() {
    let place = Place::new();
    let entry = place.entry();
    if is_root() {
        for owned in [&entry, &place.directory()] {
            chown(owned, Some(STRANGER), None).expect("another owner");
            let log = format!("belongs to user {STRANGER}, not to user 0");
            place.load().assert_warning(owned, &log);
        }
    } else {
        // Only root can give things away; what belongs to root is at hand.
        let root = Path::new("/usr");
        load(root, &place.component).assert_warning(root, "belongs to user 0");
    }
}

#[test]
fn an_entry_that_others_can_write_is_replaced() {
    let place = Place::new();
    let entry = place.entry();
    set_mode(&entry, 0o620);
    place
        .load()
        .assert_warning(&entry, "can be written by others");
    assert_eq!(mode(&entry), 0o600);
    place.load().assert_silent(Code::Cached);
}

#[test]
fn a_linked_entry_is_replaced_and_its_target_left_alone() {
    let place = Place::new();
    let entry = place.entry();
    let elsewhere = place.folder.path().join("elsewhere");
    fs::rename(&entry, &elsewhere).expect("moved");
    let whole = fs::read(&elsewhere).expect("an entry");
    symlink(&elsewhere, &entry).expect("a link");
    place.load().assert_warning(&entry, "is a symbolic link");
    place.load().assert_silent(Code::Cached);
    assert!(!entry.is_symlink());
    assert_eq!(fs::read(&elsewhere).expect("untouched"), whole);
}

#[test]
fn those_who_race_all_succeed() {
    let place = Place::new();
    std::thread::scope(|scope| {
        let loads: Vec<_> = (0..8).map(|_| scope.spawn(|| place.load())).collect();
        for load in loads {
            assert_eq!(load.join().expect("a load").warnings, "");
        }
    });
    assert_eq!(place.files().len(), 1);
    place.load().assert_silent(Code::Cached);
}

#[test]
fn the_entries_that_were_used_last_are_kept() {
    let place = Place::new();
    let used = place.entry();
    let days_ago = |days: u64| SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
    let age = |file: &Path, days| {
        let file = fs::File::options().append(true).open(file).expect("a file");
        file.set_modified(days_ago(days)).expect("a time");
    };
    let name = used
        .file_name()
        .and_then(|name| name.to_str())
        .expect("a name");
    let others: Vec<PathBuf> = (1..=9)
        .map(|number| place.directory().join(format!("{number}{}", &name[1..])))
        .filter(|other| *other != used)
        .collect();
    for (days, other) in (1..).zip(&others) {
        fs::write(other, "").expect("written");
        age(other, days);
    }
    let stranger = place.directory().join("notes.txt");
    let unfinished = place
        .directory()
        .join(format!("{name}.0123456789abcdef.new"));
    for file in [&stranger, &unfinished] {
        fs::write(file, "").expect("written");
        age(file, 400);
    }
    age(&used, 300);
    place.load().assert_silent(Code::Cached);
    load(&place.directory(), &component(SPIN)).assert_silent(Code::Compiled);

    assert_eq!(place.files().len(), ENTRIES + 1, "entries and the notes");
    assert!(stranger.exists(), "a file of another program is kept");
    assert!(!unfinished.exists());
    place.load().assert_silent(Code::Cached);
    for (number, other) in others.iter().enumerate() {
        assert_eq!(other.exists(), number < ENTRIES - 2, "{number}");
    }
}
