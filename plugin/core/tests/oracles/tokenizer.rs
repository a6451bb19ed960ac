//! The tokenizer reads what quick-xml reads.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use stocktake_vcenter::soap::tokenizer::{Stop, Token, Tokenizer};

/// A token with text of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
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
/// When a token is another one than quick-xml tells, or is told of a text that quick-xml refuses.
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

fn ours(text: &str) -> (Vec<Told>, Option<Stop>) {
    let mut tokenizer = Tokenizer::new(text);
    let mut told = Vec::new();
    loop {
        told.push(match tokenizer.token() {
            Ok(Some(Token::Start {
                name,
                attributes,
                is_empty,
            })) => {
                let Ok(attributes) = attributes.collect::<Result<Vec<_>, _>>() else {
                    return (told, REFUSED);
                };
                Told::Start {
                    name: name.to_owned(),
                    attributes: Some(attributes.into_iter().map(owned).collect()),
                    is_empty,
                }
            }
            // No element of such a name can have been opened.
            Ok(Some(Token::End(name))) if name.is_empty() || name.contains(['"', '\'']) => {
                return (told, REFUSED);
            }
            Ok(Some(Token::End(name))) => Told::End(name.to_owned()),
            Ok(Some(Token::Text(text))) => Told::Text(text.to_owned()),
            Ok(Some(Token::Reference(name))) => Told::Reference(name.to_owned()),
            Ok(Some(Token::Aside)) => Told::Aside,
            Ok(Some(Token::Doctype)) => return (told, REFUSED),
            Ok(None) => return (told, None),
            Err(stop) => return (told, Some(stop)),
        });
    }
}

/// The tokens, and whether there is nothing behind them.
fn theirs(text: &str) -> (Vec<Told>, bool) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_unmatched_ends = true;
    reader.config_mut().check_end_names = false;
    let mut told = Vec::new();
    loop {
        told.push(match reader.read_event() {
            Ok(Event::Start(start)) => tag(&start, false),
            Ok(Event::Empty(start)) => tag(&start, true),
            Ok(Event::End(end)) => Told::End(end.name().0.to_owned()),
            Ok(Event::Text(text)) => Told::Text(text.to_string()),
            Ok(Event::CData(text)) => Told::Text(text.to_string()),
            Ok(Event::GeneralRef(name)) => Told::Reference(name.to_string()),
            Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => Told::Aside,
            Ok(Event::DocType(_)) | Err(_) => return (told, false),
            Ok(Event::Eof) => return (told, true),
        });
    }
}

fn tag(start: &BytesStart<'_>, is_empty: bool) -> Told {
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    Told::Start {
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
