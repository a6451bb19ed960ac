use std::fs;
use std::thread;

use super::Layout;
use crate::artifact::{Artifact, Contents, pull, push};
use crate::digest::Digest;
use crate::error::Error;
use crate::store::Target;

fn artifact(component: &str) -> Artifact {
    Artifact::new(component.as_bytes().to_vec(), Contents::default())
}

#[test]
fn a_layout_is_made_of_the_files_that_the_specification_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new/layout");
    let pushed = artifact("component");
    push(&Layout::new(&path), &pushed, Some("1.0.0")).expect("pushed");

    let mark = fs::read_to_string(path.join("oci-layout")).expect("the mark");
    assert_eq!(mark, r#"{"imageLayoutVersion":"1.0.0"}"#);
    let description = pushed.description();
    for digest in [
        &description.digest,
        &description.manifest.config.digest,
        &description.manifest.component().digest,
    ] {
        let blob = fs::read(path.join("blobs/sha256").join(digest.digits())).expect("a blob");
        assert_eq!(Digest::of(&blob), *digest);
    }
    let mut names: Vec<_> = fs::read_dir(&path)
        .expect("the layout")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["blobs", "index.json", "oci-layout"]);
    let blobs = fs::read_dir(path.join("blobs/sha256")).expect("the blobs");
    assert_eq!(blobs.count(), 3);
}

#[test]
fn pushing_twice_changes_nothing_and_mends_what_was_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let layout = Layout::new(folder.path());
    let pushed = artifact("component");
    let digest = push(&layout, &pushed, Some("1.0.0")).expect("pushed");
    let index = fs::read(folder.path().join("index.json")).expect("the index");
    fs::write(layout.blob_path(&digest), "x").expect("damaged");
    let target = Target::Digest(digest.clone());
    pull(&layout, &target).expect_err("a damaged manifest");

    assert_eq!(
        push(&layout, &pushed, Some("1.0.0")).expect("pushed"),
        digest
    );
    assert_eq!(pull(&layout, &target).expect("pulled"), pushed);
    let after = fs::read(folder.path().join("index.json")).expect("the index");
    assert_eq!(after, index);
}

#[test]
fn all_who_push_at_once_are_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let names: Vec<String> = (0..16).map(|number| format!("v{number}")).collect();
    thread::scope(|scope| {
        for name in &names {
            let layout = Layout::new(folder.path());
            scope.spawn(move || push(&layout, &artifact(name), Some(name)).expect("pushed"));
        }
    });
    let layout = Layout::new(folder.path());
    for name in &names {
        let pulled = pull(&layout, &Target::Tag(name.clone())).expect("pulled");
        assert_eq!(pulled.component(), name.as_bytes());
    }
}

#[test]
fn what_is_no_layout_or_not_in_it_is_distinguished() {
    let folder = tempfile::tempdir().expect("a folder");
    let layout = Layout::new(folder.path());
    let refused = |target: &Target| pull(&layout, target).expect_err("nothing to pull");
    let tag = Target::Tag("latest".to_owned());
    let message = refused(&tag).to_string();
    assert!(message.contains("there is no file oci-layout"), "{message}");

    push(&layout, &artifact("component"), Some("1.0.0")).expect("pushed");
    let message = refused(&tag).to_string();
    assert!(
        message.contains("no tag latest; there are 1.0.0"),
        "{message}"
    );
    let other = refused(&Target::Digest(Digest::of(b"other")));
    assert!(matches!(other, Error::Missing { .. }), "{other:?}");
    assert!(
        other.to_string().contains("no manifest blobs/sha256/"),
        "{other}"
    );

    let mark = folder.path().join("oci-layout");
    fs::write(mark, r#"{"imageLayoutVersion":"2.0.0"}"#).expect("written");
    let message = refused(&tag).to_string();
    assert!(
        message.contains("version \"2.0.0\", not 1.0.0"),
        "{message}"
    );
    let error = push(&layout, &artifact("component"), None).expect_err("a foreign layout");
    assert!(error.to_string().contains("version \"2.0.0\""), "{error}");
}

#[test]
fn a_blob_without_end_is_read_no_further_than_its_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let layout = Layout::new(folder.path());
    let pushed = artifact("component");
    let target = Target::Digest(push(&layout, &pushed, None).expect("pushed"));
    let blob = layout.blob_path(&pushed.description().manifest.component().digest);
    fs::write(blob, vec![b'x'; 1 << 20]).expect("written");
    let message = pull(&layout, &target).expect_err("too long").to_string();
    assert!(
        message.contains("has 10 bytes where the manifest says 9"),
        "{message}"
    );
}
