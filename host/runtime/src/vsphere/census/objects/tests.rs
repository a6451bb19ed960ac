use std::sync::Arc;

use bytes::Bytes;
use stocktake_contract::{ErrorCode, Problem};

use super::text::MOST_UNFINISHED;
use super::{Content, Objects, Unread, read};
use crate::gateway::Body;
use crate::gateway::Meter;
use crate::gateway::{Cause, Diagnosis};
use crate::vsphere::operation::Reference;

/// What was taken, a line each.
#[derive(Default)]
struct Taken {
    lines: Vec<String>,
    is_full: bool,
}

impl Objects for Taken {
    fn reference(&mut self, _: &Content, path: &str, it: &Reference) -> Result<(), Problem> {
        self.lines
            .push(format!("{path} {} {}", it.type_name, it.id));
        if self.is_full {
            return Err(Problem::new(ErrorCode::InternalError, "no more"));
        }
        Ok(())
    }

    fn object(&mut self, object: &Content) -> Result<(), Problem> {
        let Reference { type_name, id } = &object.reference;
        let parent = object.referenced("parent").map(|parent| parent.id);
        let name = object.text("name");
        self.lines
            .push(format!("{type_name} {id} {name:?} {parent:?}"));
        Ok(())
    }
}

/// The reply in pieces of this many bytes.
async fn taken(reply: impl AsRef<[u8]>, piece: usize) -> (Vec<String>, Result<(), Unread>) {
    let pieces = reply.as_ref().chunks(piece);
    let body = Body::parts(pieces.map(|piece| Ok(Bytes::copy_from_slice(piece))));
    let mut objects = Taken::default();
    let read = read(body, &Arc::default(), &mut objects).await;
    (objects.lines, read)
}

fn envelope(prefix: &str, objects: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:{prefix}="http://www.w3.org/2001/XMLSchema-instance"><e:Body><RetrievePropertiesResponse xmlns="urn:vim25">{objects}</RetrievePropertiesResponse></e:Body></e:Envelope>"#
    )
}

const LIST: &str = r#"<returnval><obj type="ContainerView">session[1]2</obj><propSet><name>view</name><val xsi:type="ArrayOfManagedObjectReference"><ManagedObjectReference type="VirtualMachine" xsi:type="ManagedObjectReference">vm-1</ManagedObjectReference><ManagedObjectReference xsi:type="ManagedObjectReference" type="HostSystem">/tmp/&amp;a@b</ManagedObjectReference></val></propSet></returnval>"#;

/// Half a surrogate pair, as if it were a character.
const HALF: &[u8] = b"\xed\xa0\xbd";

#[tokio::test]
async fn a_name_that_is_no_text_is_read_without_what_is_no_character() {
    let object = r#"<returnval><obj type="VirtualMachine">vm-1</obj><propSet><name>name</name><val xsi:type="xsd:string">weß HERE &#xD800; &#0; end</val></propSet></returnval>"#;
    let reply = envelope("xsi", object);
    let (before, after) = reply.split_once("HERE").expect("a place");
    let reply = [before.as_bytes(), HALF, after.as_bytes()].concat();
    for piece in [1, 2, 3, 5, 4096] {
        let (lines, read) = taken(&reply, piece).await;
        assert!(read.is_ok(), "{piece}: {read:?}");
        let expected = "VirtualMachine vm-1 Some(\"weß \u{fffd}\u{fffd}\u{fffd}   end\") None";
        assert_eq!(lines, [expected], "{piece}");
    }
}

#[tokio::test]
async fn a_list_is_read_reference_by_reference_wherever_it_is_cut_and_whatever_its_prefixes() {
    for prefix in ["xsi", "XMLSchema-instance", "_XMLSchema-instance"] {
        let reply = envelope(prefix, &LIST.replace("xsi:", &format!("{prefix}:")));
        for piece in [1, 2, 3, 7, 64, 4096] {
            let (lines, read) = taken(&reply, piece).await;
            assert!(read.is_ok(), "{prefix}, {piece}: {read:?}");
            assert_eq!(
                lines,
                [
                    "view VirtualMachine vm-1",
                    "view HostSystem /tmp/&a@b",
                    "ContainerView session[1]2 None None",
                ],
                "{prefix}, {piece}"
            );
        }
    }
}

#[tokio::test]
async fn properties_are_read_with_their_object() {
    let objects = concat!(
        r#"<returnval><obj type="Folder">group-v3</obj><propSet><name>name</name><val xsi:type="xsd:string">a%2fb &lt;c&gt;&#x41;</val></propSet>"#,
        r#"<propSet><name>parent</name><val type="Datacenter" xsi:type="ManagedObjectReference">datacenter-2</val></propSet></returnval>"#,
        r#"<returnval><obj type="Folder">group-h4</obj><missingSet><path>name</path><fault><fault xsi:type="NoPermission"/><localizedMessage/></fault></missingSet></returnval>"#,
    );
    let (lines, read) = taken(&envelope("xsi", objects), 10).await;
    assert!(read.is_ok(), "{read:?}");
    assert_eq!(
        lines,
        [
            "Folder group-v3 Some(\"a%2fb <c>A\") Some(\"datacenter-2\")",
            "Folder group-h4 None None"
        ]
    );
    let (lines, read) = taken(&envelope("xsi", ""), 10).await;
    assert!(read.is_ok() && lines.is_empty(), "{read:?}");
}

#[tokio::test]
async fn a_reply_that_is_not_whole_proves_nothing() {
    let whole = envelope("xsi", LIST);
    for end in 0..whole.len() {
        let (_, read) = taken(&whole[..end], 4096).await;
        assert!(matches!(read, Err(Unread::Malformed(_))), "{end}: {read:?}");
    }
    for other in [
        "<html><body>Please sign in<br></body></html>".to_owned(),
        "<html></html>".to_owned(),
        whole.replace("RetrievePropertiesResponse", "CurrentTimeResponse"),
        whole.replace("<e:Body>", "<!DOCTYPE x><e:Body>"),
        "<a>".repeat(100),
        format!("<e>{}", "x".repeat(2 * MOST_UNFINISHED)),
        format!("{}{}", &whole[..600], "x".repeat(2 * MOST_UNFINISHED)),
    ] {
        let (_, read) = taken(&other, 4096).await;
        let shown: String = other.chars().take(60).collect();
        assert!(
            matches!(read, Err(Unread::Malformed(_))),
            "{shown}: {read:?}"
        );
    }
}

#[tokio::test]
async fn a_session_that_is_over_and_an_exchange_that_failed_are_distinguished() {
    let missing = LIST.replace(
        "<propSet>",
        r#"<missingSet><path>view</path><fault><fault xsi:type="NotAuthenticated"/></fault></missingSet><propSet>"#,
    );
    let (_, read) = taken(&envelope("xsi", &missing), 64).await;
    assert!(matches!(read, Err(Unread::SessionLost)), "{read:?}");

    let cut = Diagnosis::new(Cause::Incomplete, "cut");
    let parts = [Ok(Bytes::from_static(b"<e:Envelope>")), Err(cut)];
    let read = read_all(Body::parts(parts)).await;
    assert!(matches!(read, Err(Unread::Diagnosis(_))), "{read:?}");
}

async fn read_all(body: Body) -> Result<(), Unread> {
    read(body, &Arc::default(), &mut Taken::default()).await
}

#[tokio::test]
async fn whoever_takes_no_more_ends_the_reading_and_bytes_are_counted() {
    let reply = envelope("xsi", LIST);
    let meter: Arc<Meter> = Arc::default();
    let mut full = Taken {
        is_full: true,
        ..Taken::default()
    };
    let body = Body::whole(Bytes::from(reply.clone()));
    let read = read(body, &meter, &mut full).await;
    assert!(matches!(read, Err(Unread::Problem(_))), "{read:?}");
    assert_eq!(full.lines.len(), 1);
    assert_eq!(meter.reading().bytes_decoded, reply.len() as u64);
}
