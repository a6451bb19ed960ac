//! Finds in a reply, as far as it has come, the handle that it names.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape;
use quick_xml::events::Event;

use super::held::Held;

/// What stands at the beginning of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// It ends before that is known.
    NotYet,
    Nothing,
    Named(String),
}

/// The depths of a reply's elements: below envelope, body and response.
const RESULT: usize = 3;
const TOKEN: usize = 4;

/// The handle that a reply names: its result, or of a page the token, which stands before the objects.
pub(super) fn find(beginning: &[u8], held: Held) -> Found {
    let text = match std::str::from_utf8(beginning) {
        Ok(text) => Cow::Borrowed(text),
        // What has come ends within a character.
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&beginning[..error.valid_up_to()])
        }
        // As the collector reads it.
        Err(_) => String::from_utf8_lossy(beginning),
    };
    let (at, name) = match held {
        Held::View | Held::Filter | Held::Collector => (RESULT, "returnval"),
        Held::Token => (TOKEN, "token"),
    };
    let mut reader = Reader::from_str(&text);
    // Ends are not compared with their beginnings: the reply is the collector's to judge.
    reader.config_mut().check_end_names = false;
    let mut depth = 0;
    let mut named: Option<String> = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let local = start.local_name();
                if depth == at && local.as_ref() == name {
                    named = Some(String::new());
                } else if depth == TOKEN && local.as_ref() == "objects" {
                    return Found::Nothing;
                }
                depth += 1;
            }
            Ok(Event::End(_)) => {
                depth = match depth {
                    0 => return Found::Nothing,
                    depth => depth - 1,
                };
                if depth == at
                    && let Some(named) = named
                {
                    return Found::Named(named.trim().to_owned());
                }
                if depth == RESULT && at == TOKEN {
                    // The result is over.
                    return Found::Nothing;
                }
            }
            Ok(Event::Text(text)) => append(&mut named, &text.xml10_content()),
            Ok(Event::CData(data)) => append(&mut named, &data.xml10_content()),
            Ok(Event::GeneralRef(reference)) => match reference.resolve_char_ref() {
                Ok(Some(character)) => append(&mut named, character.encode_utf8(&mut [0; 4])),
                _ => {
                    let entity = escape::resolve_predefined_entity(&reference);
                    append(&mut named, entity.unwrap_or_default());
                }
            },
            Ok(
                Event::Empty(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::Comment(_)
                | Event::DocType(_),
            ) => {}
            Ok(Event::Eof) | Err(_) => return Found::NotYet,
        }
    }
}

fn append(named: &mut Option<String>, text: &str) {
    if let Some(named) = named {
        named.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Held, find};

    fn reply(result: &str) -> String {
        format!(
            r#"<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="x"><soapenv:Body><v:Response xmlns:v="urn:vim25">{result}</v:Response></soapenv:Body></soapenv:Envelope>"#
        )
    }

    #[test]
    fn a_handle_is_found_as_soon_as_it_is_whole() {
        let view = r#"<returnval type="ContainerView">session[52a]&amp;&#x62;é</returnval>"#;
        let page =
            "<returnval><token>a &lt;1></token><objects><obj>vm-1</obj></objects></returnval>";
        for (result, held, named) in [
            (view, Held::View, "session[52a]&bé"),
            (page, Held::Token, "a <1>"),
        ] {
            let reply = reply(result);
            let end = reply.find("</returnval>").unwrap_or_default();
            let end = reply.find("</token>").unwrap_or(end);
            for length in 0..reply.len() {
                let found = find(&reply.as_bytes()[..length], held);
                let whole = Found::Named(named.to_owned());
                if length < end {
                    assert_eq!(found, Found::NotYet, "{}", &reply[..end]);
                } else {
                    assert!(matches!(found, Found::NotYet) || found == whole);
                }
            }
            assert_eq!(find(reply.as_bytes(), held), Found::Named(named.to_owned()));
        }
    }

    #[test]
    fn a_reply_that_names_nothing_is_reported_as_soon_as_it_is_seen() {
        for (result, held) in [
            ("<returnval><objects><token>1</token>", Held::Token),
            ("<returnval></returnval>", Held::Token),
        ] {
            let reply = reply(result);
            assert_eq!(find(reply.as_bytes(), held), Found::Nothing, "{result}");
        }
        let empty = reply("<returnval></returnval>");
        assert_eq!(
            find(empty.as_bytes(), Held::View),
            Found::Named(String::new())
        );
    }
}
