//! Which objects the server sent to the collector, as far as the host's list lacks them.
//!
//! A machine that lives for a few seconds only may be in the collector's list, in none of the host's,
//! and gone when it is asked for. What distinguishes it from an invented one is that the server named it, and
//! replies pass through this host. So they are searched for the one element that an object begins with;
//! in a reply no text can look like it, for `<` stands escaped there.

use std::sync::{Mutex, PoisonError};

use memchr::memmem::Finder;

use super::types;
use crate::count::{Listing, Object};

/// What an object of a retrieval begins with, after one of [`BEFORE`].
const BEGIN: &[u8] = b"<obj ";
/// What its reference ends with.
const END: &[u8] = b"</obj>";
/// The elements of a retrieval's reply that are objects. Others name missing objects too.
const BEFORE: [&[u8]; 2] = [b"<objects>", b"<returnval>"];
/// Bytes before a match that are looked at.
const CONTEXT: usize = 16;
/// Bytes in which an object's reference ends.
const REACH: usize = 1024;

/// The objects that were sent.
#[derive(Debug, Default)]
pub(super) struct Sent(Mutex<Listing>);

impl Sent {
    fn add(&self, kind: &'static str, id: &str) {
        let mut listing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // An id that finds no room is only not known to have been sent.
        let _ = listing.add(kind, 0, id);
    }

    pub(super) fn holds(&self, object: &Object) -> bool {
        let listing = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        listing.holds(object.kind, &object.id)
    }
}

/// Searches one reply.
pub(super) struct Watch {
    begin: Finder<'static>,
    end: Finder<'static>,
    /// The end of what was searched.
    tail: Vec<u8>,
}

impl Watch {
    pub(super) fn new() -> Self {
        Watch {
            begin: Finder::new(BEGIN),
            end: Finder::new(END),
            tail: Vec::new(),
        }
    }

    /// Searches the next piece; objects that `listing` has are passed over.
    pub(super) fn take(&mut self, piece: &[u8], listing: &Listing, sent: &Sent) {
        let seam = self.tail.len();
        if seam > 0 {
            let mut joined = std::mem::take(&mut self.tail);
            joined.extend_from_slice(&piece[..piece.len().min(REACH)]);
            self.search(&joined, seam + CONTEXT, listing, sent);
            self.tail = joined;
        }
        self.search(piece, piece.len(), listing, sent);
        if piece.len() >= REACH {
            self.tail.clear();
            self.tail.extend_from_slice(&piece[piece.len() - REACH..]);
        } else if seam == 0 {
            self.tail.extend_from_slice(piece);
        } else {
            let superfluous = self.tail.len().saturating_sub(REACH);
            self.tail.drain(..superfluous);
        }
    }

    fn search(&self, text: &[u8], until: usize, listing: &Listing, sent: &Sent) {
        for at in self.begin.find_iter(text) {
            if at >= until {
                break;
            }
            let (before, rest) = text.split_at(at);
            if BEFORE.iter().any(|element| before.ends_with(element))
                && let Some((kind, id)) = self.reference(&rest[..rest.len().min(REACH)])
                && !listing.holds(kind, id)
            {
                sent.add(kind, id);
            }
        }
    }

    /// The kind and id of `<obj type="…">…</obj>`, if it is whole. Ids that need an escape are passed over.
    fn reference<'e>(&self, element: &'e [u8]) -> Option<(&'static str, &'e str)> {
        let end = self.end.find(element)?;
        let (tag, id) = cut(str::from_utf8(&element[..end]).ok()?, b'>')?;
        let attributes = match tag.strip_prefix("<obj type=\"") {
            Some(first) => first,
            None => tag.split_once(" type=\"")?.1,
        };
        let (type_name, _) = cut(attributes, b'"')?;
        let (kind, _) = types::kind(type_name)?;
        let is_plain = memchr::memchr2(b'<', b'&', id.as_bytes()).is_none();
        (!id.is_empty() && is_plain).then_some((kind, id))
    }
}

/// What stands before and behind the first `byte`, which is ASCII.
fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(byte, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::{Sent, Watch};
    use crate::count::{Listing, Object};

    fn sent(reply: &str, piece: usize) -> [bool; 4] {
        let mut listing = Listing::default();
        listing.add("vm", 0, "vm-1").expect("room");
        let sent = Sent::default();
        let mut watch = Watch::new();
        for piece in reply.as_bytes().chunks(piece) {
            watch.take(piece, &listing, &sent);
        }
        ["vm-1", "vm-2", "vm-3", "vm-4"].map(|id| {
            sent.holds(&Object {
                kind: "vm",
                form: 0,
                id: id.to_owned(),
            })
        })
    }

    #[test]
    fn an_object_is_known_by_its_reply_wherever_that_is_cut() {
        let filler = "<propSet><name>name</name><val>x &lt;objects>&lt;obj type=\"VirtualMachine\">vm-4&lt;/obj></val></propSet>".repeat(30);
        let reply = format!(
            concat!(
                r#"<returnval><token>1</token><objects><obj type="VirtualMachine">vm-1</obj>{0}</objects>"#,
                r#"<objects><obj type="VirtualMachine" xsi:type="ManagedObjectReference">vm-2</obj>{0}</objects>"#,
                r#"<missingObjects><obj type="VirtualMachine">vm-4</obj></missingObjects></returnval>"#,
                r#"<returnval><obj type="VirtualMachine">vm-3</obj>{0}</returnval>"#,
            ),
            filler
        );
        for piece in [
            1, 2, 3, 5, 8, 13, 100, 1000, 1023, 1024, 1025, 4000, 100_000,
        ] {
            assert_eq!(sent(&reply, piece), [false, true, true, false], "{piece}");
        }
    }

    #[test]
    fn what_is_no_object_of_an_inventory_is_passed_over() {
        for reply in [
            r#"<objects><obj type="ContainerView">vm-2</obj></objects>"#,
            r#"<objects><obj type="VirtualMachine">vm-2"#,
            r#"<objects><obj type="VirtualMachine"></obj></objects>"#,
            r#"<objects><obj>vm-2</obj></objects>"#,
            r#"<objectSet><obj type="VirtualMachine">vm-2</obj></objectSet>"#,
        ] {
            assert_eq!(sent(reply, 100), [false; 4], "{reply}");
        }
    }
}
