//! The tokenizer reads what quick-xml reads.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use stocktake_vcenter::soap::tokenizer::{Stop, Token, Tokenizer};

/// A token with text of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Seen {
    Start {
        name: String,
        attributes: Option<Vec<(String, String)>>,
        is_empty: bool,
    },
    End(String),
    Text(String),
    Reference(String),
    Aside,
}

/// Checks a text.
///
/// # Panics
/// When a token differs from quick-xml's, or is read from a text that quick-xml refuses.
pub fn check_text(text: &str) {
    // Quick-xml passes over it, for the reader it is text.
    let text = text.trim_start_matches('\u{feff}');
    let (ours, stop) = ours(text);
    let (theirs, is_whole) = theirs(text);
    match stop {
        None => {
            assert!(is_whole, "quick-xml refuses what was read: {text:?}");
            assert_eq!(ours, theirs, "{text:?}");
        }
        Some(Stop::Cut) => {
            assert!(!is_whole, "a whole text is waited for: {text:?}");
            assert_eq!(ours, theirs, "{text:?}");
        }
        // There are names that quick-xml takes and XML does not.
        Some(Stop::IllFormed(_)) => assert!(theirs.starts_with(&ours), "{text:?}"),
    }
}

/// By the reader: how the tokens would go on does not matter.
const REFUSED: Option<Stop> = Some(Stop::IllFormed("refused by the reader"));

fn ours(text: &str) -> (Vec<Seen>, Option<Stop>) {
    let mut tokenizer = Tokenizer::new(text);
    let mut seen = Vec::new();
    loop {
        seen.push(match tokenizer.token() {
            Ok(Some(Token::Start {
                name,
                attributes,
                is_empty,
            })) => {
                let Ok(attributes) = attributes.collect::<Result<Vec<_>, _>>() else {
                    return (seen, REFUSED);
                };
                Seen::Start {
                    name: name.to_owned(),
                    attributes: Some(attributes.into_iter().map(owned).collect()),
                    is_empty,
                }
            }
            // No element of such a name can have been opened.
            Ok(Some(Token::End(name))) if name.is_empty() || name.contains(['"', '\'']) => {
                return (seen, REFUSED);
            }
            Ok(Some(Token::End(name))) => Seen::End(name.to_owned()),
            Ok(Some(Token::Text(text))) => Seen::Text(text.to_owned()),
            Ok(Some(Token::Reference(name))) => Seen::Reference(name.to_owned()),
            Ok(Some(Token::Aside)) => Seen::Aside,
            Ok(Some(Token::Doctype)) => return (seen, REFUSED),
            Ok(None) => return (seen, None),
            Err(stop) => return (seen, Some(stop)),
        });
    }
}

/// The tokens, and whether nothing follows them.
fn theirs(text: &str) -> (Vec<Seen>, bool) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().check_end_names = false;
    let mut seen = Vec::new();
    loop {
        seen.push(match reader.read_event() {
            Ok(Event::Start(start)) => tag(&start, false),
            Ok(Event::Empty(start)) => tag(&start, true),
            Ok(Event::End(end)) => Seen::End(end.name().0.to_owned()),
            Ok(Event::Text(text)) => Seen::Text(text.to_string()),
            Ok(Event::CData(text)) => Seen::Text(text.to_string()),
            Ok(Event::GeneralRef(name)) => Seen::Reference(name.to_string()),
            Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => Seen::Aside,
            Ok(Event::DocType(_)) | Err(_) => return (seen, false),
            Ok(Event::Eof) => return (seen, true),
        });
    }
}

fn tag(start: &BytesStart<'_>, is_empty: bool) -> Seen {
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    Seen::Start {
        name: start.name().0.to_owned(),
        attributes: attributes
            .map(|attribute| {
                let attribute = attribute.ok()?;
                Some(owned((attribute.key.0, &attribute.value)))
            })
            .collect(),
        is_empty,
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
