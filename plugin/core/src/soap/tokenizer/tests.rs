use super::{Stop, Token, Tokenizer};

/// The tokens as text, and why they stop.
fn tokens(text: &str) -> (String, Option<Stop>) {
    let mut tokenizer = Tokenizer::new(text);
    let mut words = Vec::new();
    loop {
        match tokenizer.token() {
            Ok(Some(Token::Start {
                name,
                attributes,
                is_empty,
            })) => {
                let mut tag = format!("{}{name}", if is_empty { "empty " } else { "start " });
                for attribute in attributes {
                    match attribute {
                        Ok((name, value)) => tag += &format!(" {name}={value}"),
                        Err(reason) => tag += &format!(" ({reason})"),
                    }
                }
                words.push(tag);
            }
            Ok(Some(Token::End(name))) => words.push(format!("end {name}")),
            Ok(Some(Token::Text(text))) => words.push(format!("text {text:?}")),
            Ok(Some(Token::Reference(name))) => words.push(format!("reference {name}")),
            Ok(Some(Token::Doctype)) => words.push("doctype".to_owned()),
            Ok(Some(Token::Aside)) => words.push("aside".to_owned()),
            Ok(None) => return (words.join(", "), None),
            Err(stop) => return (words.join(", "), Some(stop)),
        }
    }
}

#[test]
fn tags_texts_and_references_are_distinguished() {
    let cases = [
        ("", ""),
        ("plain", r#"text "plain""#),
        ("<a>b</a >", r#"start a, text "b", end a"#),
        ("<a/>", "empty a"),
        ("<a />", "empty a"),
        (
            "<x:a b = '>' c=\"/'\"/>d",
            r#"empty x:a b=> c=/', text "d""#,
        ),
        (
            "1 &lt; 2&#65;",
            r##"text "1 ", reference lt, text " 2", reference #65"##,
        ),
        ("<![CDATA[<a>&]]]>b", r#"text "<a>&]", text "b""#),
        ("<?xml version='1.0'?><!-- <a> -- -->", "aside, aside"),
        ("<!DOCTYPE html>", r#"doctype, text " html>""#),
    ];
    for (text, expected) in cases {
        assert_eq!(tokens(text), (expected.to_owned(), None), "{text}");
    }
}

#[test]
fn a_token_without_its_end_waits_for_it() {
    let texts = [
        "<",
        "<a",
        "<a b='>",
        "</",
        "</a",
        "<!",
        "<!-",
        "<!-- ->",
        "<![CDA",
        "<![CDATA[]]",
        "<?",
        "<?a ?",
        "&",
        "&amp",
        "<!DOCTYP",
    ];
    for text in texts {
        assert_eq!(tokens(text), (String::new(), Some(Stop::Cut)), "{text}");
    }
}

#[test]
fn what_cannot_become_markup_is_reported_at_once() {
    for text in [
        "< a>",
        "<>",
        "<a=b>",
        "<!ELEMENT a>",
        "&a&",
        "&a<b>",
        "<a<b>",
    ] {
        let (words, stop) = tokens(text);
        assert!(matches!(stop, Some(Stop::IllFormed(_))), "{text}: {words}");
    }
}

#[test]
fn an_attribute_needs_a_name_and_a_quoted_value() {
    for attributes in ["b", "b=", "b=c", "='c'", "b c='d'"] {
        let (words, _) = tokens(&format!("<a {attributes}>"));
        assert!(words.contains('('), "{attributes}: {words}");
    }
}
