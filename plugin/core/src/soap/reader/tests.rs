use super::{Event, ReadError, Reader};

const DOCUMENT: &str = concat!(
    r#"<?xml version="1.0"?><!-- a --><a xmlns="urn:vim25" xmlns:x="http://www.w3.org/2001/XMLSchema-instance" "#,
    r#"xmlns:s="http://www.w3.org/2001/XMLSchema"><b x:type="s:int">1 &lt; 2 &#x41;</b>"#,
    "<ref type=\"HostSystem\">höst-9</ref><c/><![CDATA[<&]]></a>\n"
);

fn events(chunks: impl Iterator<Item = Vec<u8>>) -> Result<String, ReadError> {
    let mut reader = Reader::default();
    let mut seen = String::new();
    for chunk in chunks {
        reader.feed(&chunk, &mut |event| {
            match event {
                Event::Open(element) => {
                    seen += &format!("({}:{}", element.namespace(), element.name);
                    if let Some(xsi_type) = element.xsi_type {
                        seen += &format!("[{}:{}]", xsi_type.namespace, xsi_type.name);
                    }
                    if let Some(reference) = element.reference_type {
                        seen += &format!("@{reference}");
                    }
                }
                Event::Text(text) => seen += text,
                Event::Close { .. } => seen += ")",
            }
            Ok::<_, ReadError>(())
        })?;
    }
    reader.finish().map(|()| seen)
}

#[test]
fn events_are_the_same_however_the_bytes_are_cut() {
    let expected = concat!(
        "(urn:vim25:a(urn:vim25:b[http://www.w3.org/2001/XMLSchema:int]1 < 2 A)",
        "(urn:vim25:ref@HostSystemhöst-9)(urn:vim25:c)<&)"
    );
    for size in 1..DOCUMENT.len() {
        let chunks = DOCUMENT.as_bytes().chunks(size).map(<[u8]>::to_vec);
        assert_eq!(events(chunks).as_deref(), Ok(expected), "chunks of {size}");
    }
}

#[test]
fn byte_order_marks_and_line_breaks_are_the_same_however_the_bytes_are_cut() {
    let document = "\n\u{feff}<a>b\r\nc\u{feff}<d/>\r</a>\r\n";
    for size in 1..=document.len() {
        let chunks = document.as_bytes().chunks(size).map(<[u8]>::to_vec);
        let expected = "(:ab\nc\u{feff}(:d)\n)";
        assert_eq!(events(chunks).as_deref(), Ok(expected), "chunks of {size}");
    }
}

#[test]
fn a_document_cut_anywhere_is_truncated() {
    let whole = DOCUMENT.trim_end();
    for length in 0..whole.len() {
        let cut = whole.as_bytes()[..length].to_vec();
        assert!(
            matches!(
                events(std::iter::once(cut)),
                Err(ReadError::Truncated { .. })
            ),
            "cut after {length}"
        );
    }
}

/// What is captured of the elements `o`, when the bytes come in chunks of this size.
fn captured(document: &str, size: usize) -> Vec<String> {
    let mut reader = Reader::capturing("o");
    let mut captured = Vec::new();
    for chunk in document.as_bytes().chunks(size) {
        reader
            .feed(chunk, &mut |event| {
                if let Event::Close { raw } = event
                    && !raw.is_empty()
                {
                    captured.push(raw.to_owned());
                }
                Ok::<_, ReadError>(())
            })
            .expect("XML");
    }
    captured
}

#[test]
fn a_captured_element_is_reported_as_it_stands_however_the_bytes_are_cut() {
    let whole = "<r><o a='1'>x &amp; <o/></o><p/><o/></r>";
    for size in 1..=whole.len() {
        let captured = captured(whole, size);
        assert_eq!(captured, ["<o a='1'>x &amp; <o/></o>", "<o/>"], "{size}");
    }
}

#[test]
fn a_huge_element_is_captured_in_part_and_the_same_however_the_bytes_are_cut() {
    let huge = format!("<r><o>{}</o><o>x</o></r>", "üa".repeat(100_000));
    for size in [huge.len(), 65_536, 4_099] {
        let captured = captured(&huge, size);
        assert_eq!(captured.len(), 2, "{size}");
        assert!(huge[3..].starts_with(&captured[0]), "{size}");
        assert_eq!(captured[0].len(), 256 * 1024 - 1, "{size}");
        assert_eq!(captured[1], "<o>x</o>", "{size}");
    }
}

#[test]
fn characters_that_cannot_be_become_replacement_characters() {
    let cases: [(&[u8], &str); 5] = [
        (b"<a>&#0;</a>", "\u{fffd}"),
        (b"<a>&#xD800;</a>", "\u{fffd}"),
        (b"<a>&#x110000;</a>", "\u{fffd}"),
        (b"<a>\xff</a>", "\u{fffd}"),
        (b"<a>&#x1F600;</a>", "😀"),
    ];
    for (document, text) in cases {
        assert_eq!(
            events(std::iter::once(document.to_vec())),
            Ok(format!("(:a{text})")),
            "{document:?}"
        );
    }
}

#[test]
fn what_is_not_xml_is_reported_with_its_place() {
    for document in [
        "<a></b>",
        "<a/><b/>",
        "x<a/>",
        "<!DOCTYPE a><a/>",
        "<a>&nbsp;</a>",
    ] {
        let result = events(std::iter::once(document.as_bytes().to_vec()));
        assert!(
            matches!(result, Err(ReadError::IllFormed { .. })),
            "{document}: {result:?}"
        );
    }
    assert!(events(std::iter::once(Vec::new())).is_err());
}
