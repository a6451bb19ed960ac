use std::cell::RefCell;
use std::collections::HashMap;

use super::{Artifact, Contents, describe, pull, push};
use crate::config::Interfaces;
use crate::digest::Digest;
use crate::error::Error;
use crate::manifest::{Annotations, Descriptor};
use crate::store::{Sink, Source, Target};

/// A store that can be damaged.
#[derive(Default)]
struct Memory {
    blobs: RefCell<HashMap<Digest, Vec<u8>>>,
    tags: RefCell<HashMap<String, Digest>>,
}

impl Memory {
    fn read(&self, digest: &Digest) -> Result<Vec<u8>, Error> {
        let blobs = self.blobs.borrow();
        let blob = blobs.get(digest).cloned();
        blob.ok_or_else(|| Error::missing("memory", format!("there is no {digest}")))
    }

    fn replace(&self, digest: &Digest, bytes: &[u8]) {
        self.blobs.borrow_mut().insert(digest.clone(), bytes.into());
    }
}

impl Source for Memory {
    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn manifest(&self, target: &Target) -> Result<Vec<u8>, Error> {
        match target {
            Target::Digest(digest) => self.read(digest),
            Target::Tag(tag) => self.read(&self.tags.borrow()[tag]),
        }
    }

    fn blob(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        self.read(&descriptor.digest)
    }
}

impl Sink for Memory {
    fn put_blob(&self, descriptor: &Descriptor, bytes: &[u8]) -> Result<(), Error> {
        self.replace(&descriptor.digest, bytes);
        Ok(())
    }

    fn put_manifest(
        &self,
        descriptor: &Descriptor,
        bytes: &[u8],
        tag: Option<&str>,
    ) -> Result<(), Error> {
        self.replace(&descriptor.digest, bytes);
        if let Some(tag) = tag {
            let digest = descriptor.digest.clone();
            self.tags.borrow_mut().insert(tag.to_owned(), digest);
        }
        Ok(())
    }
}

fn artifact() -> Artifact {
    let keys = ["title", "version", "licenses", "description", "revision"];
    let annotations = keys.map(|key| (format!("org.opencontainers.image.{key}"), key.to_owned()));
    let contents = Contents {
        interfaces: Interfaces {
            exports: vec!["stocktake:collector/inventory@1.0.0".to_owned()],
            ..Interfaces::default()
        },
        annotations: Annotations::from(annotations),
        created: None,
    };
    Artifact::new(b"component".to_vec(), contents)
}

#[test]
fn what_was_pushed_is_pulled_by_digest_and_by_tag() {
    let memory = Memory::default();
    let digest = push(&memory, &artifact(), Some("1.0.0")).expect("pushed");
    for target in [
        Target::Digest(digest.clone()),
        Target::Tag("1.0.0".to_owned()),
    ] {
        assert_eq!(pull(&memory, &target).expect("pulled"), artifact());
        let description = describe(&memory, &target).expect("described");
        assert_eq!(&description, artifact().description());
    }
}

#[test]
fn the_same_component_has_the_same_digest_and_another_one_has_not() {
    let digest = |artifact: &Artifact| artifact.description().digest.clone();
    assert_eq!(digest(&artifact()), digest(&artifact()));
    let other = Artifact::new(b"Component".to_vec(), Contents::default());
    let same = Artifact::new(b"component".to_vec(), Contents::default());
    let later = Contents {
        created: Some("2026-01-01T00:00:00Z".to_owned()),
        ..Contents::default()
    };
    let later = Artifact::new(b"component".to_vec(), later);
    assert_ne!(digest(&other), digest(&same));
    assert_ne!(digest(&later), digest(&same));
}

#[test]
fn each_blob_that_is_not_what_was_pushed_is_refused_by_name() {
    let pushed = artifact();
    let description = pushed.description();
    let manifest = &description.manifest;
    let cases = [
        (&description.digest, "the manifest is sha256:"),
        (&manifest.config.digest, "the configuration has 1 bytes"),
        (&manifest.component().digest, "the component has 1 bytes"),
    ];
    for (digest, expected) in cases {
        let memory = Memory::default();
        let target = Target::Digest(push(&memory, &pushed, None).expect("pushed"));
        memory.replace(digest, b"x");
        let refused = pull(&memory, &target).expect_err(expected);
        assert!(matches!(refused, Error::Damaged { .. }), "{refused:?}");
        assert!(refused.to_string().contains(expected), "{refused}");
        memory.blobs.borrow_mut().remove(digest);
        let refused = pull(&memory, &target).expect_err(expected);
        assert!(matches!(refused, Error::Missing { .. }), "{refused:?}");
    }
}

#[test]
fn a_manifest_over_the_limit_is_not_read() {
    let memory = Memory::default();
    let large = vec![b' '; (1 << 20) + 1];
    let digest = Digest::of(&large);
    memory.replace(&digest, &large);
    let refused = pull(&memory, &Target::Digest(digest)).expect_err("too large");
    let message = "a manifest of 1048577 bytes is over the limit of 1048576 bytes";
    assert!(refused.to_string().contains(message), "{refused}");
}
