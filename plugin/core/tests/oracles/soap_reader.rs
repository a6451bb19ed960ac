//! The reader of XML: it never panics, and its events do not depend on
//! where its bytes were cut. Its tokens are those that quick-xml reads.

use stocktake_vcenter::soap::reader::{Event, ReadError, Reader};

use super::cut::Cut;
use super::tokenizer;

/// An event with text of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Open {
        namespace: String,
        name: String,
        xsi_type: Option<(String, String)>,
        reference_type: Option<String>,
    },
    Text(String),
    Close,
}

/// Checks a fuzzer's input.
///
/// # Panics
/// When a property does not hold.
pub fn check(data: &[u8]) {
    check_cut(&Cut::of(data));
}

/// Checks bytes in pieces.
///
/// # Panics
/// When a property does not hold.
pub fn check_cut(cut: &Cut<'_>) {
    if let Ok(text) = str::from_utf8(cut.bytes) {
        tokenizer::check_text(text);
    }
    let (events, outcome) = read(cut);
    let (whole, whole_outcome) = read(&cut.whole());
    assert_eq!(events, whole, "events depend on where the bytes are cut");
    assert_eq!(
        outcome.as_ref().map_err(kind),
        whole_outcome.as_ref().map_err(kind),
        "the outcome depends on where the bytes are cut"
    );
    let depth = balance(&events);
    if outcome.is_ok() {
        assert_eq!(depth, 0, "a whole document leaves elements open");
    }
}

/// What is wrong, but for the place: text before the root element is refused
/// from the piece on that is not blank.
pub(super) fn kind(error: &ReadError) -> &str {
    match error {
        ReadError::IllFormed { reason, .. } => reason,
        ReadError::Truncated { .. } => "truncated",
    }
}

/// Every event until the end or the first error, text in one piece.
fn read(cut: &Cut<'_>) -> (Vec<Seen>, Result<(), ReadError>) {
    let mut events = Vec::new();
    let mut reader = Reader::default();
    for piece in cut.pieces() {
        let fed = reader.feed(piece, &mut |event| {
            record(&mut events, event);
            Ok::<_, ReadError>(())
        });
        if fed.is_err() {
            return (events, fed);
        }
    }
    (events, reader.finish())
}

fn record(events: &mut Vec<Seen>, event: Event<'_>) {
    match (event, events.last_mut()) {
        (Event::Text(""), _) => {}
        (Event::Text(text), Some(Seen::Text(before))) => before.push_str(text),
        (Event::Text(text), _) => events.push(Seen::Text(text.to_owned())),
        (Event::Open(element), _) => events.push(Seen::Open {
            namespace: element.namespace().to_owned(),
            name: element.name.to_owned(),
            xsi_type: element
                .xsi_type
                .map(|named| (named.namespace.to_owned(), named.name.to_owned())),
            reference_type: element.reference_type.map(str::to_owned),
        }),
        (Event::Close { .. }, _) => events.push(Seen::Close),
    }
}

/// How many elements are open at the end.
fn balance(events: &[Seen]) -> usize {
    let mut depth = 0_usize;
    for event in events {
        match event {
            Seen::Open { .. } => depth += 1,
            Seen::Text(_) => assert!(depth > 0, "text outside the root element"),
            Seen::Close => {
                depth = depth.checked_sub(1).expect("a close without its open");
            }
        }
    }
    depth
}
