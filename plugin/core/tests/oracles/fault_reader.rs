//! The reader of replies: it never panics, a fault holds no more than was
//! sent, and neither depends on where the bytes were cut.

use stocktake_vcenter::errors;
use stocktake_vcenter::soap::fault::Fault;
use stocktake_vcenter::soap::reply::{Reply, ReplyError, Small};

use super::cut::Cut;
use super::soap_reader;

/// A byte that is not UTF-8 becomes a character of three.
const WIDEST: usize = 3;

/// Checks a fuzzer's input.
///
/// # Panics
/// When a property does not hold.
pub fn check(data: &[u8]) {
    check_cut(&Cut::of(data));
}

/// Checks a reply in pieces; answers its fault.
///
/// # Panics
/// When a property does not hold.
pub fn check_cut(cut: &Cut<'_>) -> Option<Fault> {
    let read_in_pieces = read(cut);
    assert_eq!(
        read_in_pieces.as_ref().map_err(kind),
        read(&cut.whole()).as_ref().map_err(kind),
        "the reply depends on where its bytes are cut"
    );
    let fault = read_in_pieces.ok()??;
    let most = cut.bytes.len() * WIDEST;
    for text in [Some(&fault.name), Some(&fault.message)]
        .into_iter()
        .chain([fault.privilege.as_ref(), fault.property.as_ref()])
        .flatten()
    {
        assert!(text.len() <= most, "{} of {most} bytes", text.len());
    }
    let problem = errors::from_fault(&fault, "RetrievePropertiesEx", "reader");
    assert!(
        problem.message.len() <= 3 * most + 200,
        "{}",
        problem.message
    );
    Some(fault)
}

/// What is wrong, but for the place.
fn kind(error: &ReplyError) -> String {
    match error {
        ReplyError::Xml(error) => soap_reader::kind(error).to_owned(),
        ReplyError::NotSoap { .. } | ReplyError::Compressed | ReplyError::TooLarge => {
            error.to_string()
        }
    }
}

fn read(cut: &Cut<'_>) -> Result<Option<Fault>, ReplyError> {
    let mut reply = Reply::default();
    let mut values = Small::default();
    for piece in cut.pieces() {
        reply.feed(piece, &mut values)?;
    }
    let fault = reply.finish()?;
    let mut json = Vec::new();
    values.0.write(&mut json);
    serde_json::from_slice::<&serde_json::value::RawValue>(&json).expect("values are JSON");
    Ok(fault)
}
