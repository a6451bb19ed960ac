//! The reader of XML: it never panics, and what it tells does not depend on
//! where its bytes were cut. Its tokens are those that quick-xml reads.

use stocktake_vcenter::soap::reader::{Event, ReadError, Reader};

use super::cut::Cut;
use super::tokenizer;

/// An event with text of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
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
    let (told, outcome) = read(cut);
    let (whole, whole_outcome) = read(&cut.whole());
    assert_eq!(told, whole, "events depend on where the bytes are cut");
    assert_eq!(
        outcome.as_ref().map_err(kind),
        whole_outcome.as_ref().map_err(kind),
        "the outcome depends on where the bytes are cut"
    );
    let depth = balance(&told);
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
fn read(cut: &Cut<'_>) -> (Vec<Told>, Result<(), ReadError>) {
    let mut told = Vec::new();
    let mut reader = Reader::default();
    for piece in cut.pieces() {
        let fed = reader.feed(piece, &mut |event| {
            tell(&mut told, event);
            Ok::<_, ReadError>(())
        });
        if fed.is_err() {
            return (told, fed);
        }
    }
    (told, reader.finish())
}

fn tell(told: &mut Vec<Told>, event: Event<'_>) {
    match (event, told.last_mut()) {
        (Event::Text(""), _) => {}
        (Event::Text(text), Some(Told::Text(before))) => before.push_str(text),
        (Event::Text(text), _) => told.push(Told::Text(text.to_owned())),
        (Event::Open(element), _) => told.push(Told::Open {
            namespace: element.namespace().to_owned(),
            name: element.name.to_owned(),
            xsi_type: element
                .xsi_type
                .map(|named| (named.namespace.to_owned(), named.name.to_owned())),
            reference_type: element.reference_type.map(str::to_owned),
        }),
        (Event::Close { .. }, _) => told.push(Told::Close),
    }
}

/// How many elements are open at the end.
fn balance(told: &[Told]) -> usize {
    let mut depth = 0_usize;
    for event in told {
        match event {
            Told::Open { .. } => depth += 1,
            Told::Text(_) => assert!(depth > 0, "text outside the root element"),
            Told::Close => {
                depth = depth.checked_sub(1).expect("a close without its open");
            }
        }
    }
    depth
}
